"""A site of somebody else's: pages of another origin that have the widget in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from tests.support.loopback import Answer, LoopbackServer, Request
from tests.support.widget_api import AGENT
from tests.support.widget_files import loader_hash

_PAGE = """<!doctype html><html lang="{language}"{attributes}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Shop</title>{head}</head>
<body>{body}{snippet}</body></html>"""
_BODY = """<main><h1>Cups</h1><p><a href="/refunds">Refunds</a> <button id="buy">Buy</button></p>
<p>Cups of all colours, made by hand.</p><div style="height: 2400px"></div></main>"""


class HostSite:
    """Any address that was not given a page has the usual one."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[str, dict[str, str]]] = {}
        self._server = LoopbackServer(self._handle)
        self.url = self._server.url

    def put(self, path: str, html: str, headers: dict[str, str] | None = None) -> str:
        """The address of a page that stands there from now on."""
        self._pages[path] = (html, headers or {})
        return self.url + path

    def stop(self) -> None:
        self._server.stop()

    def _handle(self, request: Request) -> Answer:
        if request.path == "/favicon.ico":
            return Answer(204)
        if request.path not in self._pages:
            return Answer(404, b"Not here", "text/plain")
        html, headers = self._pages[request.path]
        kind = "text/javascript" if request.path.endswith(".js") else "text/html"
        return Answer(200, html.encode(), f"{kind}; charset=utf-8", dict(headers))


def snippet(host: str, *, agent: str = AGENT["id"], version: str = "", **attributes: str) -> str:
    """As the install page gives it; `nonce="…"` and `data_language="de"` become attributes."""
    more = "".join(
        f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )
    address = f"{host}/widget/widget.js?v={version or loader_hash()}"
    return f'<script src="{address}" data-agent="{agent}"{more} async></script>'


def page_with(
    snippet: str, *, head: str = "", body: str = _BODY, language: str = "en", attributes: str = ""
) -> str:
    return _PAGE.format(
        snippet=snippet, head=head, body=body, language=language, attributes=attributes
    )


def policy(host: str, nonce: str = "") -> dict[str, str]:
    """The strictest Content-Security-Policy with which the widget has to work."""
    script = f"'nonce-{nonce}'" if nonce else host
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src {script}; connect-src {host}"
    }


@contextmanager
def host_site() -> Iterator[HostSite]:
    site = HostSite()
    try:
        yield site
    finally:
        site.stop()
