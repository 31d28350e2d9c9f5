"""`/pixel.js`: one small file that pages of any origin load."""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from pitchbar.core.assets import STATIC

FILE = STATIC / "pixel" / "pixel.js"


class PixelScript:
    """Read and compressed once."""

    def __init__(self) -> None:
        self._plain = FILE.read_bytes()
        self._packed = gzip.compress(self._plain, 9, mtime=0)
        self._etag = hashlib.sha256(self._plain).hexdigest()[:16]

    def respond(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            headers = [("Allow", "GET, HEAD"), ("Content-Length", "0")]
            start_response("405 Method Not Allowed", headers)
            return ()
        is_packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        body = self._packed if is_packed else self._plain
        # Each encoding is a thing of its own.
        etag = f'"{self._etag}-gzip"' if is_packed else f'"{self._etag}"'
        headers = [
            # Its address never changes: pages that are printed into templates name it for years.
            ("Cache-Control", "public, max-age=86400, stale-while-revalidate=604800"),
            ("ETag", etag),
            ("Vary", "Accept-Encoding"),
            ("Access-Control-Allow-Origin", "*"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers)
            return ()
        headers += [("Content-Type", "text/javascript; charset=utf-8")]
        headers += [("Content-Encoding", "gzip")] if is_packed else []
        headers += [("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return () if method == "HEAD" else (body,)
