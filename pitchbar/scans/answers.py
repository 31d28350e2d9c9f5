"""What the edge answers where it neither redirects a scan nor shows a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

NO_STORE = ("Cache-Control", "no-store, private")
EMPTY = ("Content-Length", "0")
NO_INDEX = ("X-Robots-Tag", "noindex, nofollow")
_A_DAY = ("Cache-Control", "public, max-age=86400")


@dataclass(frozen=True, slots=True)
class Response:
    """The body of an answer that has begun."""

    body: Iterable[bytes]


def lead_on(location: str, start_response: StartResponse) -> Iterable[bytes]:
    """Elsewhere, without a scan."""
    start_response("302 Found", [("Location", location), NO_STORE, EMPTY, NO_INDEX])
    return ()


def see_other(start_response: StartResponse) -> StartResponse:
    """For the answer to a form: what it leads to is asked for with GET."""
    return lambda _status, headers: start_response("303 See Other", headers)


def respond_text(
    status: str, text: bytes, environ: dict[str, Any], start_response: StartResponse
) -> Iterable[bytes]:
    """A few words for a program, which may keep them for a day."""
    length = ("Content-Length", str(len(text)))
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), length, _A_DAY])
    return () if environ["REQUEST_METHOD"] == "HEAD" else (text,)
