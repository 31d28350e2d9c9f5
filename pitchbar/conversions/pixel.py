"""The pixel: a bare WSGI layer behind the redirect, which answers a page of any origin.

It sets no cookie, asks no session and says nothing: whatever is wrong with a call, a browser gets
its picture. What was wrong is told to who set the pixel up, on the page of the conversions.
"""

import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from random import getrandbits
from typing import Any, Protocol
from urllib.parse import parse_qsl

from pitchbar.conversions.claims import Claim, check_claim
from pitchbar.conversions.keys import Owner, PixelKeys
from pitchbar.conversions.lines import PIXEL, Line, write_line
from pitchbar.conversions.pixel_script import PixelScript
from pitchbar.conversions.refusals import Refusal
from pitchbar.core.addresses import client_address, limit_key
from pitchbar.scans.accepted import new_scan_id
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.bodies import BodyNotRead, BodyTooLarge, read_body
from pitchbar.scans.known_answers import Unavailable
from pitchbar.scans.limits import AddressLimit

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

PREFIX, SCRIPT = "/p/", "/pixel.js"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_PATH = re.compile(r"/p/(px_[0-9a-f]{24})\.gif")
_ANY_ORIGIN = [
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
_HEADERS = [
    *_ANY_ORIGIN,
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("X-Content-Type-Options", "nosniff"),
]
_GIF_HEADERS = [("Content-Type", "image/gif"), ("Content-Length", str(len(GIF))), *_HEADERS]
_PREFLIGHT = [
    *_ANY_ORIGIN,
    ("Access-Control-Allow-Methods", "GET, HEAD, POST"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Max-Age", "86400"),
    ("Content-Length", "0"),
]
# What is longer is no call of ours; values are cut off where they are shown.
_MOST_BYTES, _MOST_FIELDS = 8192, 40


class Append(Protocol):
    """Keeps a line; never raises."""

    def __call__(self, line: bytes) -> None: ...


class Pixel:
    """Args:
    limit: calls per address; None switches it off.
    app: answers everything that is neither the pixel nor its script.
    """

    def __init__(
        self,
        *,
        keys: PixelKeys,
        append: Append,
        tokens: TokenCipher,
        limit: AddressLimit | None,
        app: WsgiApp,
        trusted_proxies: int = 0,
    ) -> None:
        self._keys = keys
        self._append = append
        self._tokens = tokens
        self._limit = limit
        self._app = app
        self._trusted_proxies = trusted_proxies
        self._script = PixelScript()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and path.endswith(".gif"):
            return self._answer(path, environ, start_response)
        if path == SCRIPT:
            return self._script.respond(environ, start_response)
        return self._app(environ, start_response)

    def _answer(
        self, path: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return _respond(start_response, "204 No Content", _PREFLIGHT)
        if method not in ("GET", "HEAD", "POST"):
            allow: Headers = [("Allow", "GET, HEAD, POST"), ("Content-Length", "0"), *_HEADERS]
            return _respond(start_response, "405 Method Not Allowed", allow)
        wait = self._take(environ)
        if wait > 0:
            headers = [*_GIF_HEADERS, ("Retry-After", str(wait))]
            return _respond(start_response, "429 Too Many Requests", headers, _body(method))
        # Who only looks whether there is a picture, tells of nothing.
        match = _PATH.fullmatch(path)
        if match and method != "HEAD":
            self._record(match[1], _read_claim(environ))
        if method == "POST":
            return _respond(start_response, "204 No Content", _HEADERS)
        return _respond(start_response, "200 OK", _GIF_HEADERS, _body(method))

    def _take(self, environ: Environ) -> int:
        if self._limit is None:
            return 0
        address = client_address(environ, self._trusted_proxies)
        return self._limit.take(limit_key(address) if ":" in address else address)

    def _record(self, key: str, claim: Claim) -> None:
        """Keeps a line of what is right, and of what is wrong the first thing that is."""
        try:
            owner = self._keys.find(key)
            key = ""
        except Unavailable:
            # Whoever stores the line asks whose it is.
            owner = Owner(0, "")
        if owner is None:
            return
        milliseconds = time.time_ns() // 1_000_000
        now = datetime.fromtimestamp(milliseconds / 1000, UTC)
        checked, refused = check_claim(claim, owner.workspace_id or None, self._tokens, now)
        identity = new_scan_id(milliseconds, getrandbits(74))
        known = Line(identity, milliseconds, *owner, PIXEL, key)
        if checked is None:
            self._append(write_line(refused_line(known, refused[0])))
        else:
            self._append(write_line(checked.into(known)))


def refused_line(known: Line, refusal: Refusal) -> Line:
    return known._replace(reason=refusal.reason, said=refusal.said)


def _read_claim(environ: Environ) -> Claim:
    """From the address, and from a form that a beacon sends."""
    found = _read_pairs(environ.get("QUERY_STRING") or "")
    if environ["REQUEST_METHOD"] == "POST":
        found = _read_pairs(_read_body(environ)) | found
    get = found.get
    return Claim(
        get("pb_at", ""), get("event", ""), get("value"), get("currency", ""), get("order_id", "")
    )


def _read_pairs(query: str) -> dict[str, str]:
    """Of a name that is there twice, the first counts. WSGI gives bytes as Latin-1."""
    if len(query) > _MOST_BYTES:
        return {}
    query = query.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _read_body(environ: Environ) -> str:
    """What is longer than a call can be, or does not come, is as none."""
    try:
        return read_body(environ, _MOST_BYTES).decode("latin-1")
    except (BodyNotRead, BodyTooLarge):
        return ""


def _body(method: str) -> Iterable[bytes]:
    return () if method == "HEAD" else (GIF,)


def _respond(
    start_response: StartResponse, status: str, headers: Headers, body: Iterable[bytes] = ()
) -> Iterable[bytes]:
    start_response(status, list(headers))
    return body
