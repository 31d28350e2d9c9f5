"""What a process answers that redirects alone, where nothing else knows the address."""

from collections.abc import Callable, Iterable
from typing import Any

from pitchbar.scans.edge_pages import EdgePages


class BareAnswers:
    """`/up`, and the page of an unknown code."""

    def __init__(self, pages: EdgePages) -> None:
        self._pages = pages

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/up":
            return self._pages.respond("unknown", environ, start_response)
        headers = [("Content-Type", "text/plain"), ("Content-Length", "3")]
        start_response("200 OK", [*headers, ("Cache-Control", "no-store, private")])
        return (b"ok\n",)
