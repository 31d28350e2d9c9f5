"""The plain pages for a code that does not redirect. No Flask: the edge serves them."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader

from pitchbar.core.assets import ROOT, asset_path

_PAGES = {
    "unknown": (
        "404 Not Found",
        "This code leads nowhere",
        "There is no such code. Check the address, or ask whoever gave it to you.",
    ),
    "archived": (
        "410 Gone",
        "This code is no longer in use",
        "Its owner has switched it off. There is nothing wrong with your phone.",
    ),
    "busy": (
        "429 Too Many Requests",
        "Too many scans from here",
        "This network has asked very often in the last minute. Wait a little and scan again.",
    ),
    "unavailable": (
        "503 Service Unavailable",
        "Just a moment",
        "We cannot look this code up right now. Scan it again in a few seconds.",
    ),
    "method": (
        "405 Method Not Allowed",
        "That does not work here",
        "A code is opened like any link.",
    ),
}


class EdgePages:
    """Renders once and keeps the bytes.

    Args:
        app_url: where the style sheet lies; the edge alone serves no static files.
    """

    def __init__(self, app_url: str) -> None:
        self._csp = f"default-src 'none'; style-src {app_url}; img-src data:; base-uri 'none'"
        # Not Flask's environment: this runs in the edge process too.
        environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
        environment.globals["asset"] = lambda path: app_url + asset_path(path)
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
        status, body = _PAGES[page][0], self._render(page, name)
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
        _, title, message = _PAGES[page]
        return self._template.render(title=title, message=message, workspace_name=name).encode()
