"""What every request gets: an id, a log line, safe headers, and the names templates rely on."""

import re
import time
import uuid
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Response, g, request

from pitchbar.connections.settings import ConnectionSettings
from pitchbar.core import charts, clock, wording
from pitchbar.core.assets import asset_path
from pitchbar.core.compression import init_compression
from pitchbar.core.proxies import ClientAddresses
from pitchbar.core.text import storable
from pitchbar.errors import NotFound
from pitchbar.live.realtime import socket_origin
from pitchbar.settings import Settings

log = structlog.get_logger("pitchbar.request")

_CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A part of a path that is longer is no name: nothing of ours that may be read is that long.
_LONG_PART = re.compile(r"[^/]{41,}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_web(app: Flask, settings: Settings) -> None:
    app.wsgi_app = ClientAddresses(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # the way Flask documents
    app.before_request(_begin)
    app.after_request(partial(_finish, _headers(settings)))
    init_compression(app)
    app.jinja_env.filters.update(
        ago=wording.ago,
        number=wording.number,
        short_number=wording.short_number,
        country_name=wording.country_name,
        exact=_exact,
        plain_address=wording.plain_address,
        split_address=wording.split_address,
    )
    app.jinja_env.globals.update(asset=asset_path)
    app.jinja_env.globals.update(charts.template_functions())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _headers(settings: Settings) -> dict[str, str]:
    more = {"Strict-Transport-Security": "max-age=31536000"} if settings.uses_tls else {}
    if sockets := socket_origin(settings[ConnectionSettings].realtime_url):
        more["Content-Security-Policy"] = f"{_CSP}; connect-src 'self' {sockets}"
    return {**_HEADERS, **more}


def _exact(at: datetime) -> str:
    workspace = g.get("workspace")
    zone = ZoneInfo(workspace.time_zone if workspace else "UTC")
    return at.astimezone(zone).strftime("%-d %B %Y, %H:%M:%S %Z")


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.path != storable(request.path):
        # Nothing is there, and PostgreSQL cannot even be asked.
        raise NotFound


def _finish(headers: dict[str, str], response: Response) -> Response:
    if _holds_secret():
        response.headers.setdefault("Referrer-Policy", "no-referrer")
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if "frame-ancestors *" in response.headers["Content-Security-Policy"]:
        # It cannot say that everybody may.
        response.headers.remove("X-Frame-Options")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store, private")
        log.info(
            "request",
            method=request.method,
            path=_path_to_log(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            at=clock.now().isoformat(timespec="milliseconds"),
        )
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _holds_secret() -> bool:
    """Whether the address itself opens something, or names one that does: a mailed link, or a
    sign-in that leads back to one.
    """
    in_query = "token" in request.args or "next" in request.args
    return in_query or "token" in (request.view_args or {})


def _path_to_log() -> str:
    """Logs are read by many: a link that opens something stands there without what opens it."""
    if "token" in (request.view_args or {}) and request.url_rule is not None:
        return request.url_rule.rule
    return _LONG_PART.sub("…", request.path)
