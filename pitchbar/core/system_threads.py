"""Calls of the system that block, for processes in which one thread serves everybody."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def is_cooperative() -> bool:
    """Whether threads of this process are gevent's, of which there can be many."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def run_blocking(function: Callable[..., Any], *args: Any) -> Any:
    """Calls `function`; under gevent in a thread of the system, as its loop would stand still."""
    if not is_cooperative():
        return function(*args)
    return sys.modules["gevent"].get_hub().threadpool.apply(function, args)


def each(function: Callable[[T], R], given: Iterable[T]) -> list[R]:
    """What `function` makes of each, in order. Under gevent they run beside each other, and what it
    gives to `run_blocking` has a processor of its own as far as there are some.
    """
    if not is_cooperative():
        return [function(one) for one in given]
    gevent = sys.modules["gevent"]
    running = [gevent.spawn(function, one) for one in given]
    return [one.get() for one in running]
