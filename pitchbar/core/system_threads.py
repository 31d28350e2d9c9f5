"""Calls of the system that block, for processes in which one thread serves everybody."""

import sys
from collections.abc import Callable
from typing import Any


def run_blocking(function: Callable[..., Any], *args: Any) -> Any:
    """Calls `function`; under gevent in a thread of the system, as its loop would stand still."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return function(*args)
    return sys.modules["gevent"].get_hub().threadpool.apply(function, args)
