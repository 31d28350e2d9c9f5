"""The plain pages for a code that does not redirect. No Flask: the edge serves them.

Each is one small answer that needs no other: its style and its icon stand in it, so that it looks
right wherever it is served, and its policy allows that style alone.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from pitchbar.core.assets import ROOT

# The fourth corner of the symbol: what became of the code.
_QUESTION = "M15.5 15.8a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M17.5 21h0"
_CROSS = "M15 15l6 6M21 15l-6 6"
_CLOCK = "M17.5 14a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM17.5 16v1.7l1 .8"

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' "
    "stroke='%23007654' stroke-width='2'%3E%3Cpath d='M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3z'/%3E"
    "%3C/svg%3E"
)


@dataclass(frozen=True)
class _Page:
    status: str
    title: str
    message: str
    mark: str
    again: bool = False


_PAGES = {
    "unknown": _Page(
        "404 Not Found",
        "This code leads nowhere",
        "There is no such code. Check the address, or ask whoever gave it to you.",
        _QUESTION,
    ),
    "root": _Page(
        "200 OK",
        "This address leads codes on",
        "There is nothing to see here by itself. Scan a code, or type the whole of its link.",
        _QUESTION,
    ),
    "archived": _Page(
        "410 Gone",
        "This code is no longer in use",
        "Its owner has switched it off. There is nothing wrong with your phone.",
        _CROSS,
    ),
    "not_started": _Page(
        "410 Gone",
        "This code does not lead anywhere yet",
        "Its time is still to come. Scan it again later.",
        _CLOCK,
    ),
    "ended": _Page(
        "410 Gone",
        "This code has ended",
        "Its time is over. There is nothing wrong with your phone.",
        _CROSS,
    ),
    "busy": _Page(
        "429 Too Many Requests",
        "Too many scans from here",
        "This network has asked very often in the last minute. Wait a little and scan again.",
        _CLOCK,
        again=True,
    ),
    "unavailable": _Page(
        "503 Service Unavailable",
        "Just a moment",
        "We cannot look this code up right now. Scan it again in a few seconds.",
        _CLOCK,
        again=True,
    ),
    "method": _Page(
        "405 Method Not Allowed",
        "That does not work here",
        "A code is opened like any link.",
        _CROSS,
    ),
}


class EdgePages:
    """Renders once and keeps the bytes."""

    def __init__(self) -> None:
        # Not Flask's environment: this runs in the edge process too.
        environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
        style = (ROOT / "templates/public/code_unavailable.css").read_text().replace("\n", "")
        environment.globals["style"] = Markup(f"<style>{style}</style>")  # noqa: S704  # ours
        environment.globals["icon"] = _ICON
        digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._csp = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )
        self._template = environment.get_template("public/code_unavailable.html")
        self._render = lru_cache(maxsize=1024)(self._render_now)

    def respond(
        self,
        page: str,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        *headers: tuple[str, str],
        name: str | None = None,
    ) -> Iterable[bytes]:
        """Starts the response and returns its body, which a HEAD request does not get."""
        status, body = _PAGES[page].status, self._render(page, name)
        start_response(
            status,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store, private"),
                ("Content-Security-Policy", self._csp),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Robots-Tag", "noindex, nofollow"),
                *headers,
            ],
        )
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)

    def _render_now(self, page: str, name: str | None) -> bytes:
        html = self._template.render(
            title=_PAGES[page].title,
            message=_PAGES[page].message,
            again=_PAGES[page].again,
            mark=Markup('<path d="{}"/>').format(_PAGES[page].mark),
            workspace_name=name,
        )
        return html.encode()
