from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, request

from pitchbar.codes.queries import get_code
from pitchbar.core import clock
from pitchbar.core.pagination import encode_cursor
from pitchbar.scans.models import Scan
from pitchbar.scans.queries import (
    daily_points,
    days_between,
    hourly_points,
    hours_between,
    list_scans_before,
)
from pitchbar.workspaces.access import requires_token
from pitchbar.workspaces.api import (
    InvalidPayload,
    bad_cursor,
    list_response,
    read_page_arguments,
    shared_limit,
)
from pitchbar.workspaces.models import Workspace

bp = Blueprint("scans_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes/<int:code_id>")
shared_limit(bp)

_MAX_DAYS, _MAX_HOURS = 732, 24 * 62


def scan_as_json(scan: Scan) -> dict[str, Any]:
    return {
        "id": str(scan.id),
        "at": scan.scanned_at.isoformat(),
        "ip": scan.ip,
        "visitor": scan.visitor,
        "country": scan.country,
        "device": scan.device,
        "os": scan.os,
        "browser": scan.browser,
        "language": scan.language,
        "referrer_host": scan.referrer_host,
        "utm": {
            "source": scan.utm_source,
            "medium": scan.utm_medium,
            "campaign": scan.utm_campaign,
            "term": scan.utm_term,
            "content": scan.utm_content,
        },
        "robot": scan.robot_reason is not None,
        "robot_reason": scan.robot_reason,
    }


@bp.get("/scans")
@requires_token("read")
def scans(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    cursor, per_page = read_page_arguments()
    found = list_scans_before(workspace, code.id, before=_read_cursor(cursor), count=per_page + 1)
    more = None
    if len(found) > per_page:
        last = found[per_page - 1]
        more = encode_cursor(f"{last.scanned_at.isoformat()}|{last.id}")
    return list_response([scan_as_json(scan) for scan in found[:per_page]], more)


@bp.get("/stats")
@requires_token("read")
def stats(workspace: Workspace, code_id: int) -> Response:
    """`?from=&to=` are days (2026-11-01, in the workspace's zone) or times; both ends included."""
    code = get_code(workspace, code_id)
    interval = request.args.get("interval", "day")
    if interval == "day":
        points = daily_points(workspace, code.id, _days(workspace))
    elif interval == "hour":
        points = hourly_points(workspace, code.id, _hours(workspace))
    else:
        raise _wrong("interval", "must be day or hour")
    figures = ("hits", "people", "unique_people")
    totals = {name: sum(getattr(point, name) for point in points) for name in figures}
    series = [
        {"at": point.at.isoformat(), **{name: getattr(point, name) for name in figures}}
        for point in points
    ]
    return jsonify(interval=interval, totals=totals, series=series)


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, _, scan_id = cursor.partition("|")
    try:
        time = datetime.fromisoformat(at)
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(UTC), UUID(scan_id)
    except (ValueError, OverflowError):
        raise bad_cursor() from None


def _days(workspace: Workspace) -> list[date]:
    today = clock.local_date(clock.now(), workspace.time_zone)
    zone = ZoneInfo(workspace.time_zone)
    last = _argument("to", zone)
    first = _argument("from", zone)
    last_day = last.date() if last else today
    first_day = first.date() if first else last_day - timedelta(days=29)
    if not 0 <= (last_day - first_day).days < _MAX_DAYS:
        raise _wrong("from", f"must be before to, by at most {_MAX_DAYS} days")
    return days_between(first_day, last_day)


def _hours(workspace: Workspace) -> list[datetime]:
    zone = ZoneInfo(workspace.time_zone)
    last = _argument("to", zone, end_of_day=True) or clock.now()
    first = _argument("from", zone) or last - timedelta(hours=23)
    first_hour = clock.start_of_hour(first.astimezone(UTC))
    last_hour = clock.start_of_hour(last.astimezone(UTC))
    if not timedelta(0) <= last_hour - first_hour < timedelta(hours=_MAX_HOURS):
        raise _wrong("from", f"must be before to, by at most {_MAX_HOURS} hours")
    return hours_between(first_hour, last_hour)


def _argument(name: str, zone: ZoneInfo, *, end_of_day: bool = False) -> datetime | None:
    """A time in the zone; a bare day is its first moment, or its last minute."""
    text = request.args.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
        # Leaves room for any arithmetic on the ends of a range.
        if not 1970 <= at.year <= 9000:
            raise ValueError
    except (ValueError, OverflowError):
        raise _wrong(name, "must be a day or a time such as 2026-11-01T08:00:00Z") from None
    if end_of_day and len(text) == 10:
        # Where clocks go back at midnight, the day has this minute twice: the second one.
        return at.replace(hour=23, minute=59, fold=1)
    return at


def _wrong(field: str, sentence: str) -> InvalidPayload:
    return InvalidPayload(f"Check {field}.", fields={field: sentence})
