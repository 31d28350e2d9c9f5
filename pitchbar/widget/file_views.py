"""`/widget/…`: the files that pages of any origin load, packed beforehand."""

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response, request

from pitchbar.accounts.access import open_to_all
from pitchbar.errors import NotFound
from pitchbar.settings import current_settings
from pitchbar.widget.addresses import script_url
from pitchbar.widget.built import BUILT, LOADER, BuiltFile, built, integrity_of

bp = Blueprint("widget_files", __name__, url_prefix="/widget")

_ENDINGS = {"br": ".br", "gzip": ".gz"}
_FOR_EVER = "public, max-age=31536000, immutable"
# While a release takes the place of another, either may be asked for the other's files.
_FOR_NOW = "public, max-age=300"
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class _ForEverybody(Response):
    """Goes by no session, and says so in the end, when all have asked for one: what stands before
    us (a CDN, by WIDGET_URL) keeps no answer that differs by cookies.
    """

    def get_wsgi_headers(self, environ: Any) -> Any:
        self.headers["Vary"] = "Accept-Encoding"
        return super().get_wsgi_headers(environ)


@bp.get("/manifest.json")
@open_to_all
def manifest() -> Response:
    """What is current, for whoever puts the script into pages by a program."""
    said = {
        "hash": built()[LOADER].hash,
        "url": script_url(current_settings()),
        "integrity": integrity_of(LOADER),
    }
    response = _ForEverybody(json.dumps(said), mimetype="application/json")
    response.headers.update({**_HEADERS, "Cache-Control": "public, max-age=60"})
    return response


@bp.get("/<name>")
@open_to_all
def show(name: str) -> Response:
    file = built().get(name)
    if file is None:
        raise NotFound
    encoding = request.accept_encodings.best_match(_ENDINGS) or ""
    response = _ForEverybody(_read(name, encoding), mimetype="text/javascript")
    response.headers.update(_HEADERS)
    is_named = request.args.get("v") == file.hash
    response.headers["Cache-Control"] = _FOR_EVER if is_named else _FOR_NOW
    _describe(response, file, encoding)
    return response


def _describe(response: Response, file: BuiltFile, encoding: str) -> None:
    if encoding:
        response.headers["Content-Encoding"] = encoding
    # Each encoding is a thing of its own.
    response.set_etag(f"{file.hash}-{encoding}" if encoding else file.hash)
    response.make_conditional(request)


@cache
def _read(name: str, encoding: str) -> bytes:
    return (BUILT / f"{name}{_ENDINGS.get(encoding, '')}").read_bytes()
