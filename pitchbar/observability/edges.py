"""What stands outermost, around the edge: how long a request took that no page answered."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from pitchbar.core import tracing
from pitchbar.core.figures import REDIRECTS

IN_APP = "pitchbar.in_app"
"""A key of `environ`, set by the application for what it counts itself."""


WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def watched(edge: WsgiApp) -> WsgiApp:
    """The edge with its figures, and its spans where there is a tracer by now."""
    return _Traced(edge) if tracing.is_on() else _Timed(edge)


class _Timed:
    def __init__(self, edge: WsgiApp) -> None:
        self._edge = edge

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = time.perf_counter()
        answer = self._edge(environ, start_response)
        if IN_APP not in environ:
            REDIRECTS.observe(time.perf_counter() - began, kind_of(environ.get("PATH_INFO", "")))
        return answer


class _Traced:
    """A span for each redirect; pages make their own within it, in its place."""

    def __init__(self, edge: WsgiApp) -> None:
        self._edge = edge

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began, clock = time.perf_counter(), time.monotonic()
        answer = self._edge(environ, start_response)
        if IN_APP not in environ:
            kind = kind_of(environ.get("PATH_INFO", ""))
            REDIRECTS.observe(time.perf_counter() - began, kind)
            method = {"http.request.method": environ["REQUEST_METHOD"]}
            tracing.record(kind, clock, time.monotonic(), **method)
        return answer


def kind_of(path: str) -> str:
    """Of what the edge answers by itself."""
    return "pixel" if path.startswith("/p/") else "redirect"
