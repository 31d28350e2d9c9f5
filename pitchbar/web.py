"""What every request gets: an id, a log line, safe headers, and the names templates rely on."""

import re
import time
import uuid
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.connections.settings import ConnectionSettings
from pitchbar.core import charts, clock, tracing, wording
from pitchbar.core.assets import asset_path
from pitchbar.core.compression import init_compression
from pitchbar.core.database import is_database_down
from pitchbar.core.figures import REQUESTS
from pitchbar.core.proxies import ClientAddresses
from pitchbar.core.text import storable
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.live.realtime import socket_origin
from pitchbar.observability.edges import IN_APP
from pitchbar.settings import Settings
from pitchbar.stored_settings.overlay import take_over_changes

log = structlog.get_logger("pitchbar.request")

_CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; report-uri /csp-report; report-to csp"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "Reporting-Endpoints": 'csp="/csp-report"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A part of a path that is longer is no name: nothing of ours that may be read is that long.
_LONG_PART = re.compile(r"[^/]{41,}")
_KINDS = (
    ("/api/v1/widget/", "widget"),
    ("/api/", "api"),
    ("/billing/webhook", "webhook"),
    ("/ops/", "ops"),
    ("/up", "ops"),
    ("/metrics", "ops"),
    ("/internal/", "ops"),
    ("/c/", "public"),
    ("/s/", "public"),
    ("/widget/", "static"),
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_web(app: Flask, settings: Settings) -> None:
    app.wsgi_app = ClientAddresses(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # the way Flask documents
    app.before_request(_begin)
    app.after_request(partial(_finish, _headers(settings)))
    app.teardown_request(_end_span)
    # Before that of the extension, as they are called the other way round.
    app.teardown_appcontext(_end_session)
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
    request.environ[IN_APP] = True
    _begin_span()
    if request.endpoint != "static":
        take_over_changes()
    if request.path != storable(request.path):
        # Nothing is there, and PostgreSQL cannot even be asked.
        raise NotFound


def _begin_span() -> None:
    if tracing.is_on() and request.endpoint != "static":
        # The rule, not the path: that may hold what opens something, or names somebody.
        rule = request.url_rule.rule if request.url_rule else "(none)"
        known = {"http.request.method": request.method, "http.route": rule}
        g.span_exit = ExitStack()
        g.span = g.span_exit.enter_context(
            tracing.span(
                f"{request.method} {rule}", kind="server", **known, request_id=g.request_id
            )
        )


def _end_span(_error: BaseException | None) -> None:
    if stack := g.pop("span_exit", None):
        stack.close()


def _end_session(_error: BaseException | None) -> None:
    """A database that dies once the answer is made takes nothing away from it: there is nothing
    left to roll back.
    """
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        if not is_database_down(error):
            raise
        log.warning("the database went while a session was ended")


def _finish(headers: dict[str, str], response: Response) -> Response:
    if _holds_secret():
        response.headers.setdefault("Referrer-Policy", "no-referrer")
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if "frame-ancestors *" in response.headers["Content-Security-Policy"]:
        # It cannot say that everybody may.
        response.headers.remove("X-Frame-Options")
    spent = time.perf_counter() - g.get("started", time.perf_counter())
    REQUESTS.observe(spent, _kind_of_request(), f"{response.status_code // 100}xx")
    if "span" in g:
        g.span.set("http.response.status_code", response.status_code)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store, private")
        log.info(
            "request",
            method=request.method,
            path=_path_to_log(),
            status=response.status_code,
            ms=round(spent * 1000, 1),
            at=clock.now().isoformat(timespec="milliseconds"),
        )
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _kind_of_request() -> str:
    """What operators tell apart: each has times of its own."""
    if request.endpoint == "static":
        return "static"
    found = next((kind for prefix, kind in _KINDS if request.path.startswith(prefix)), "page")
    return found if request.url_rule else "unknown"


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
