"""Calls of the system that block, for processes in which one thread serves everybody."""

import sys
from collections.abc import Callable
from typing import Any


def is_cooperative() -> bool:
    """Whether threads of this process are gevent's, of which there can be many."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def run_blocking(function: Callable[..., Any], *args: Any) -> Any:
    """Calls `function`; under gevent in a thread of the system, as its loop would stand still."""
    if not is_cooperative():
        return function(*args)
    return sys.modules["gevent"].get_hub().threadpool.apply(function, args)
