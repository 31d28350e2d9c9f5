"""Errors that a person can cause or meet, and how each becomes a page, a fragment or JSON."""

import logging
import math
import time
from collections.abc import Mapping
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from pitchbar.core.database import is_database_down
from pitchbar.core.features import ErrorFrame
from pitchbar.core.form_pages import find_form_page
from pitchbar.core.held_forms import find_held_form
from pitchbar.core.htmx import wants_fragment
from pitchbar.extensions import limiter, login_manager

log = logging.getLogger(__name__)


class DomainError(Exception):
    """A rule of the product was broken; `message` is for the person who did it.

    `fields` maps a field's name to its own sentence.
    """

    status = 422
    code = "invalid"
    headers: Mapping[str, str] = {}
    # For programs, beside the sentence.
    details: Mapping[str, Any] = {}

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class NotFound(DomainError):
    status = 404
    code = "not_found"

    def __init__(self, message: str = "There is nothing at this address.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    status = 403
    code = "forbidden"

    def __init__(self, message: str = "Your role in this workspace does not allow this.") -> None:
        super().__init__(message)


_TITLES = {
    400: "That request could not be read",
    401: "Your session has ended",
    402: "Your plan is full",
    403: "You may not do this",
    404: "Page not found",
    405: "That does not work here",
    409: "Somebody else was faster",
    410: "This is over",
    413: "That is too large",
    419: "This page has expired",
    422: "Something needs a correction",
    429: "Too many tries",
    500: "Something went wrong",
    503: "Not available just now",
}
_MESSAGES = {
    400: "The browser sent something that we do not understand.",
    401: "Sign in to go on.",
    403: "Your role in this workspace does not allow this.",
    404: "There is nothing at this address. It may have been moved or deleted.",
    405: "This address does not take that kind of request.",
    413: "What you sent is larger than we take.",
    419: "The form was open for too long or in another session. Go back, reload and send it again.",
    429: "You have tried this very often. Wait a minute, then try again.",
    500: "The fault is ours and has been logged. Nothing that you saved before is lost.",
    503: "The database does not answer. Codes keep redirecting and scans are kept meanwhile.",
}
# Where nothing is wrong with what was sent, but with the moment: it can be sent once more.
_SENT_AGAIN = (401, 419, 429, 500, 503)
_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "rate_limited",
}


def error_response(
    status: int,
    message: str = "",
    code: str = "",
    fields: dict[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Response:
    """The one place where an error gets its form: JSON for the API, else fragment or page."""
    message = message or _MESSAGES.get(status, _MESSAGES[400])
    if _is_for_programs():
        error: dict[str, Any] = {"code": code or _CODES.get(status, "error"), "message": message}
        error |= {"fields": fields or {}, **(details or {})}
        return make_response(jsonify(error=error), status)
    context: dict[str, Any] = {
        "status": status,
        "title": _TITLES.get(status, _TITLES[400]),
        "message": message,
        "request_id": g.get("request_id", ""),
        "held": find_held_form() if status in _SENT_AGAIN else None,
    }
    response = make_response(_draw(context), status)
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response


def _draw(context: dict[str, Any]) -> str:
    """Within the frame of the page that failed, if a feature knows it and it can be drawn."""
    status: int = context["status"]
    plain = "errors/_error.html" if wants_fragment() else "errors/error.html"
    # From here on the layout does without what it cannot find out.
    g.is_error_drawn = True
    try:
        frame = None if g.get("is_database_gone") else _find_frame(status)
        if frame is None:
            return render_template(plain, **context)
        inside = plain if wants_fragment() else frame.template
        return render_template(inside, **context, **frame.values)
    except Exception:
        # What failed once may fail again; the plain page needs nothing.
        log.exception("the page of an error could not be drawn in its frame")
        g._login_user = login_manager.anonymous_user()
        g.pop("workspace", None)
        return render_template(plain, **context)


def _find_frame(status: int) -> ErrorFrame | None:
    for feature in current_app.extensions.get("features", ()):
        frame: ErrorFrame | None = feature.error_frame and feature.error_frame(status)
        if frame:
            return frame
    return None


def _is_for_programs() -> bool:
    return request.path.startswith("/api/")


def _when_to_try_again() -> str:
    limit = limiter.current_limit
    if limit is None:
        return _MESSAGES[429]
    seconds = max(1, int(limit.reset_at - time.time()))
    wait = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return f"You have tried this very often. Try again in {wait}."


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    is_wrong_method = status == 405 and error is request.routing_exception
    if is_wrong_method and request.method in ("GET", "HEAD") and not _is_for_programs():
        # A page with what was refused, loaded anew, or its address passed on.
        return make_response(redirect(find_form_page(request.path) or url_for("pages.home")))
    response = error_response(status)
    # Such as the methods that do work, after a 405.
    response.headers.extend((n, v) for n, v in error.get_headers() if n != "Content-Type")
    return response


def register_error_handlers(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> Response:
        response = error_response(
            error.status, error.message, error.code, error.fields, error.details
        )
        response.headers.extend(error.headers)
        return response

    @app.errorhandler(CSRFError)
    def expired_form(error: CSRFError) -> Response:
        return error_response(419, code="expired")

    @app.errorhandler(RateLimitExceeded)
    def too_many(error: RateLimitExceeded) -> Response:
        return error_response(429, _when_to_try_again())

    @app.errorhandler(SQLAlchemyError)
    def database_gone(error: SQLAlchemyError) -> Response:
        if not is_database_down(error):
            return unexpected(error)
        log.error("database does not answer: %s", getattr(error, "orig", None) or error)
        # Flask-Login hands the person to every template, and asking again would fail again.
        g._login_user = login_manager.anonymous_user()
        g.is_database_gone = True
        response = error_response(503, code="unavailable")
        response.headers["Retry-After"] = "5"
        return response

    app.register_error_handler(HTTPException, _http_error)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error")
        return error_response(500, code="internal")
