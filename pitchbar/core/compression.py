"""Answers leave compressed: assets once and at their best, pages as they are drawn."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request, send_file
from flask_compress import Compress
from werkzeug.security import safe_join

from pitchbar.core.assets import STATIC

# In this order where a client takes both equally.
_ENCODINGS = ("br", "gzip")
_MIN_BYTES = 500
_YEAR = 31_536_000
# Fonts and pictures are compressed already.
_TEXT = {".css", ".js", ".json", ".svg", ".txt"}


def init_compression(app: Flask) -> None:
    app.config.update(
        COMPRESS_ALGORITHM=list(_ENCODINGS),
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=_MIN_BYTES,
        # Streams are for what comes little by little.
        COMPRESS_STREAMS=False,
        COMPRESS_MIMETYPES=[
            *("text/html", "text/plain", "text/css", "text/csv", "text/javascript"),
            *("application/json", "application/problem+json", "image/svg+xml"),
        ],
    )
    _Pages().init_app(app)
    app.view_functions["static"] = send_asset


def warm_assets() -> None:
    """Compresses every asset, so that no visitor waits for it."""
    for path in STATIC.rglob("*"):
        if path.suffix in _TEXT:
            for encoding in _ENCODINGS:
                _read(path, path.stat().st_mtime_ns, encoding)


def send_asset(filename: str) -> Response:
    """A file of `static/`; in memory, so that nothing has to be written beside it."""
    joined = safe_join(str(STATIC), filename)
    path = Path(joined) if joined else None
    if path is None or not path.is_file():
        abort(404)
    changed = path.stat().st_mtime_ns
    encoding = _choose_encoding(path)
    body, digest = _read(path, changed, encoding)
    kind = mimetypes.guess_type(path.name)[0] or "text/plain"
    response = send_file(
        BytesIO(body), kind, last_modified=changed // 10**9, conditional=False, etag=False
    )
    # Each encoding is a thing of its own: a part of one continues no other.
    response.set_etag(f"{digest}-{encoding}" if encoding else digest)
    response.headers["Cache-Control"] = _cache_control(digest)
    response.vary.add("Accept-Encoding")
    response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    if encoding and response.status_code != 304:
        response.headers["Content-Encoding"] = encoding
    return response


def _choose_encoding(path: Path) -> str:
    """Empty to send it as it is."""
    if path.suffix not in _TEXT or path.stat().st_size < _MIN_BYTES:
        return ""
    return request.accept_encodings.best_match(_ENCODINGS) or ""


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, encoding: str) -> tuple[bytes, str]:
    """What is sent, and the digest of what is meant; anew when the file has changed."""
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:10]
    if encoding == "br":
        return brotli.compress(body), digest
    return (gzip.compress(body, 9, mtime=0) if encoding else body), digest


def _cache_control(digest: str) -> str:
    version = request.args.get("v")
    if version is not None and version != digest:
        # A page of another release asks: it gets what there is, but only for now.
        return "no-cache"
    return f"public, max-age={_YEAR}" + (", immutable" if version else "")


class _Pages(Compress):
    """What a page weighs tells of what is in it (BREACH). So whoever can choose a part of the
    address, and read along, gets no compressed answer: another site that leads here. Tokens in
    forms are masked as well, for browsers that do not say who asks.
    """

    def after_request(self, response: Response | None) -> Response:
        if response is not None and _is_asked_by_another_site():
            response.vary.update(["Accept-Encoding", "Sec-Fetch-Site"])
            return response
        compressed: Response = super().after_request(response)
        return compressed


def _is_asked_by_another_site() -> bool:
    return bool(request.cookies) and request.headers.get("Sec-Fetch-Site") in (
        "cross-site",
        "same-site",
    )
