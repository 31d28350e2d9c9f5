from datetime import timedelta

from flask import Blueprint, Response, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.access import open_to_all
from pitchbar.core import clock
from pitchbar.core.proxies import untrusted_proxy
from pitchbar.extensions import db
from pitchbar.mailing.queries import MailFailures, find_mail_failures
from pitchbar.operations.access import is_operator
from pitchbar.operations.scan_health import ScanHealth, find_scan_health

bp = Blueprint("operations", __name__)
_TROUBLE_HOURS = 24


@bp.app_context_processor
def operator_banners() -> dict[str, object]:
    """What the layout tells operators on every page."""
    return {
        "mail_trouble": _find_mail_failures,
        "scan_trouble": _find_scan_trouble,
        "has_untrusted_proxy": _has_untrusted_proxy,
    }


def _has_untrusted_proxy() -> bool:
    return untrusted_proxy.is_seen and is_operator()


def _find_mail_failures() -> MailFailures | None:
    if not is_operator():
        return None
    return find_mail_failures(clock.now() - timedelta(hours=_TROUBLE_HOURS))


def _find_scan_trouble() -> ScanHealth | None:
    """What may cost scans, or does not outlive a crash of Redis by itself."""
    health = find_scan_health() if is_operator() else None
    return health if health and (health.notes or health.late) else None


@bp.get("/up")
@open_to_all
def up() -> Response:
    """The process answers."""
    return make_response("ok\n", 200, {"Content-Type": "text/plain"})


@bp.get("/up/ready")
@open_to_all
def ready() -> Response:
    """What the process needs answers too; 503 names what does not. Scans that wait are told, and
    are no reason to send nobody here: they are kept.
    """
    health = find_scan_health()
    scans: dict[str, object] = {"spool": health.spool}
    scans |= {"redis": health.redis} if health.redis else {}
    scans |= {"notes": health.notes} if health.notes else {}
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return make_response(jsonify(status="unavailable", database="down", **scans), 503)
    if health.cannot_keep_scans:
        return make_response(jsonify(status="unavailable", database="ok", **scans), 503)
    return make_response(jsonify(status="ok", database="ok", **scans), 200)
