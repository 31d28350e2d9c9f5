from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint

from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery
from pitchbar.api.payloads import field_error
from pitchbar.codes.queries import get_code
from pitchbar.core import clock
from pitchbar.core.pagination import encode_cursor
from pitchbar.scans.panels import count_conversions
from pitchbar.scans.payloads import (
    ScanList,
    StatsQuery,
    StatsResponse,
    scan_response,
    stats_response,
)
from pitchbar.scans.queries import (
    daily_points,
    days_between,
    hourly_points,
    hours_between,
    list_scans_before,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    30,
    "Scans",
    "Who opened a code, one by one and as figures.",
    {"code_id": PathParameter("The code's id.", 42)},
)

bp = Blueprint("scans_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes/<int:code_id>")
shared_limit(bp)

_MAX_DAYS, _MAX_HOURS = 732, 24 * 62


@bp.get("/scans")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=ScanList, errors=(422,))
def scans(workspace: Workspace, code_id: int, query: PageQuery) -> ScanList:
    """List the scans of a code

    Newest first, robots included and marked.
    """
    code = get_code(workspace, code_id)
    found = list_scans_before(
        workspace, code.id, before=query.start(_read_cursor), count=query.per_page + 1
    )
    page = found[: query.per_page]
    more = None
    if len(found) > len(page):
        more = encode_cursor(f"{page[-1].scanned_at.isoformat()}|{page[-1].id}")
    return ScanList(data=[scan_response(scan) for scan in page], next_cursor=more)


@bp.get("/stats")
@requires_token("read")
@endpoint(TOPIC, query=StatsQuery, response=StatsResponse, errors=(422,))
def stats(workspace: Workspace, code_id: int, query: StatsQuery) -> StatsResponse:
    """Get the figures of a code

    Totals and a series, empty days and hours included: at most 732 days or 1,488 hours.
    """
    code = get_code(workspace, code_id)
    if query.interval == "day":
        points = daily_points(workspace, code.id, _days(workspace, query))
    else:
        points = hourly_points(workspace, code.id, _hours(workspace, query))
    conversions = count_conversions(workspace, code.id, query.interval, points)
    return stats_response(query.interval, points, conversions)


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    """Raises ValueError."""
    at, _, scan_id = text.partition("|")
    time = datetime.fromisoformat(at)
    if time.tzinfo is None or not 1970 <= time.year <= 9000:
        raise ValueError("no time of a scan")
    return time.astimezone(UTC), UUID(scan_id)


def _days(workspace: Workspace, query: StatsQuery) -> list[date]:
    today = clock.local_date(clock.now(), workspace.time_zone)
    zone = ZoneInfo(workspace.time_zone)
    last = _read_time("to", query.last, zone)
    first = _read_time("from", query.first, zone)
    last_day = last.date() if last else today
    first_day = first.date() if first else last_day - timedelta(days=29)
    if not 0 <= (last_day - first_day).days < _MAX_DAYS:
        raise field_error("from", f"must be before to, by at most {_MAX_DAYS} days")
    return days_between(first_day, last_day)


def _hours(workspace: Workspace, query: StatsQuery) -> list[datetime]:
    zone = ZoneInfo(workspace.time_zone)
    last = _read_time("to", query.last, zone, end_of_day=True) or clock.now()
    first = _read_time("from", query.first, zone) or last - timedelta(hours=23)
    first_hour = clock.start_of_hour(first.astimezone(UTC))
    last_hour = clock.start_of_hour(last.astimezone(UTC))
    if not timedelta(0) <= last_hour - first_hour < timedelta(hours=_MAX_HOURS):
        raise field_error("from", f"must be before to, by at most {_MAX_HOURS} hours")
    return hours_between(first_hour, last_hour)


def _read_time(
    name: str, text: str, zone: ZoneInfo, *, end_of_day: bool = False
) -> datetime | None:
    """A time in the zone; a bare day is its first moment, or its last minute."""
    text = text.replace(" ", "+")  # a plus sign that nobody encoded
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
        # Leaves room for any arithmetic on the ends of a range.
        if not 1970 <= at.year <= 9000:
            raise ValueError
    except (ValueError, OverflowError):
        raise field_error(name, "must be a day or a time such as 2026-11-01T08:00:00Z") from None
    if end_of_day and len(text) == 10:
        # Where clocks go back at midnight, the day has this minute twice: the second one.
        return at.replace(hour=23, minute=59, fold=1)
    return at
