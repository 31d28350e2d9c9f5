"""What is for those who look for holes, and what browsers tell of some."""

from datetime import timedelta

import orjson
from flask import Blueprint, Response, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from pitchbar.accounts.access import open_to_all
from pitchbar.core import clock
from pitchbar.core.htmx import render
from pitchbar.errors import DomainError, NotFound
from pitchbar.extensions import db, limiter
from pitchbar.operations.access import operators_only
from pitchbar.operations.policy_reports import KEPT, count_reports, list_reports, read_reports
from pitchbar.operations.settings import OperationsSettings, contacts_of
from pitchbar.settings import current_settings

bp = Blueprint("security", __name__)
# Browsers send these by themselves: no page, and no token, is there.
reports_bp = Blueprint("policy_reports", __name__)

_MOST_BYTES = 16 * 1024
_VALID = timedelta(days=180)


class NoReport(DomainError):
    def __init__(self) -> None:
        super().__init__("This is no report of a content security policy.")


@reports_bp.post("/csp-report")
@open_to_all
@limiter.limit("30/minute")
def take_report() -> Response:
    if (request.content_length or 0) > _MOST_BYTES:
        raise RequestEntityTooLarge
    request.max_content_length = _MOST_BYTES
    try:
        found = read_reports(orjson.loads(request.get_data()))
    except orjson.JSONDecodeError:
        raise NoReport from None
    if not found:
        raise NoReport
    count_reports(found)
    db.session.commit()
    return make_response("", 204)


@bp.get("/ops/policy")
@operators_only
def index() -> Response:
    return render("operations/policy.html", reports=list_reports(), days=KEPT.days)


@bp.get("/.well-known/security.txt")
@open_to_all
def security_txt() -> Response:
    """RFC 9116; it never expires while it is served."""
    settings = current_settings()
    own = settings[OperationsSettings]
    contacts = contacts_of(own.security_contact)
    if not contacts:
        raise NotFound
    # By whole days, so that it is the same for a day.
    expires = (clock.now() + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {one}" for one in contacts]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    lines += [f"Canonical: {settings.app_url}/.well-known/security.txt"]
    lines += [f"Policy: {own.security_policy_url}"] if own.security_policy_url else []
    lines += ["Preferred-Languages: en"]
    answer = make_response("\n".join(lines) + "\n")
    answer.mimetype = "text/plain"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
