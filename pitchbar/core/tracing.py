"""Spans: what a request or a job spends its time on. Rooms write `with span("retrieval"):`.

Nothing is imported for it, and without a tracer a span is one comparison. A tracer is given by
whoever starts the process, after it was forked.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Literal, Protocol, TypeVar

import structlog

Kind = Literal["internal", "server", "consumer", "client"]
Value = str | int | float | bool
R = TypeVar("R")


class Span(Protocol):
    def set(self, name: str, value: Value) -> None: ...


class _NoSpan:
    def set(self, name: str, value: Value) -> None:
        """There is none."""


class Tracer(Protocol):
    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: dict[str, Value]
    ) -> AbstractContextManager[Span]:
        """Makes it the current one; `parent` is a `traceparent` (W3C), None for the current one."""

    def record(
        self, name: str, started_ns: int, ended_ns: int, attributes: dict[str, Value]
    ) -> None:
        """One that is over, below the current one; nanoseconds since 1970."""

    def traceparent(self) -> str | None:
        """Of the current span."""


_NOTHING = nullcontext(_NoSpan())
_tracer: Tracer | None = None


def set_tracer(tracer: Tracer | None) -> None:
    global _tracer  # one for the process
    _tracer = tracer


def is_on() -> bool:
    return _tracer is not None


def span(
    name: str, *, kind: Kind = "internal", parent: str | None = None, **attributes: Value
) -> AbstractContextManager[Span]:
    """Attributes are numbers, ids and names of ours, never what people typed or sent."""
    if _tracer is None:
        return _NOTHING
    return _tracer.span(name, kind, parent, attributes)


def record(name: str, began_at: float, ended_at: float, **attributes: Value) -> None:
    """A span that is over, between two times of the machine's monotonic clock, in seconds."""
    if _tracer is None:
        return
    shift = time.time_ns() - round(time.monotonic() * 1e9)
    started, ended = (shift + round(at * 1e9) for at in (began_at, ended_at))
    _tracer.record(name, started, ended, attributes)


def traceparent() -> str | None:
    """What leads from a job or a thread back to the current span; None without one."""
    return _tracer.traceparent() if _tracer is not None else None


def request_id() -> str | None:
    """Of the request that is at work, or that the running job came from."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return str(found)[:64] if found else None


def carried(function: Callable[..., R], name: str) -> Callable[..., R]:
    """For a thread that goes on with this request: its log lines and spans belong to it."""
    known, parent = request_id(), traceparent()

    @wraps(function)
    def run(*args: object, **kwargs: object) -> R:
        ids = {"request_id": known} if known else {}
        with structlog.contextvars.bound_contextvars(**ids), span(name, parent=parent):
            return function(*args, **kwargs)

    return run
