"""Figures, series and latest scans, read from the rollups and, for single scans, from the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from pitchbar.codes.queries import CodeName, names_of
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import FIGURES, WHOLE_WORKSPACE, Scan, ScanDay, ScanHour
from pitchbar.scans.ranges import Range, days_of, hours_of, start_of_day
from pitchbar.scans.set_apart import OWN
from pitchbar.workspaces.models import Workspace

_NOTHING = (0,) * len(FIGURES)


@dataclass(frozen=True)
class Point:
    """One bucket of a series; `at` is its start, `label` its name in the workspace's zone."""

    at: datetime
    label: str
    hits: int = 0
    people: int = 0
    unique_people: int = 0
    repeats: int = 0
    own: int = 0
    over_limit: int = 0
    heads: int = 0

    @property
    def robots(self) -> int:
        """All hits that nothing else is said of."""
        return self.hits - self.people - self.repeats - self.own - self.over_limit


def list_points(
    workspace: Workspace, code_id: int | None, span: Range, *, back: int = 0
) -> list[Point]:
    """The buckets of a range, empty ones included, oldest first.

    Args:
        code_id: one code, or None for the whole workspace.
        back: how many whole ranges before the current one.
    """
    count = span.count * (back + 1)
    if span.interval == "hour":
        return hourly_points(workspace, code_id, hours_of(count)[: span.count])
    return daily_points(workspace, code_id, days_of(count, workspace.time_zone)[: span.count])


def list_points_until_now(
    workspace: Workspace, code_id: int | None, span: Range, before: list[Point]
) -> list[Point]:
    """The range before, as `list_points` gave it, up to the hour that it is now: the current day
    is not over, so a whole day of then would be too much to compare it with.
    """
    if span.interval == "hour":
        return before
    now = clock.now()
    today = start_of_day(clock.local_date(now, workspace.time_zone), workspace.time_zone)
    start = before[-1].at.astimezone(UTC)
    hours = hours_between(clock.start_of_hour(start), start + (now - today.astimezone(UTC)))
    return [*before[:-1], *hourly_points(workspace, code_id, hours)]


def hourly_points(workspace: Workspace, code_id: int | None, hours: list[datetime]) -> list[Point]:
    zone = ZoneInfo(workspace.time_zone)
    rows = db.session.execute(
        select(ScanHour.hour_at, *(getattr(ScanHour, name) for name in FIGURES)).where(
            ScanHour.workspace_id == workspace.id,
            ScanHour.code_id == (code_id or WHOLE_WORKSPACE),
            ScanHour.hour_at.between(hours[0], hours[-1]),
        )
    )
    found = {row.hour_at: row[1:] for row in rows}
    return [Point(at, f"{at.astimezone(zone):%H:%M}", *found.get(at, ())) for at in hours]


def daily_points(workspace: Workspace, code_id: int | None, days: list[date]) -> list[Point]:
    """A bucket for each day. When a workspace moves westward, it has scans of a day that has not
    begun where it is now: they count today.
    """
    last = days[-1]
    is_open = last == clock.local_date(clock.now(), workspace.time_zone)
    rows = db.session.execute(
        select(ScanDay.day, *(getattr(ScanDay, name) for name in FIGURES)).where(
            ScanDay.workspace_id == workspace.id,
            ScanDay.code_id == (code_id or WHOLE_WORKSPACE),
            ScanDay.day >= days[0],
            *([] if is_open else [ScanDay.day <= last]),
        )
    )
    found: dict[date, tuple[int, ...]] = {}
    for day, *figures in rows:
        day = min(day, last)
        found[day] = tuple(map(sum, zip(figures, found.get(day, _NOTHING), strict=True)))
    return [
        Point(start_of_day(day, workspace.time_zone), f"{day:%b} {day.day}", *found.get(day, ()))
        for day in days
    ]


@dataclass(frozen=True)
class TopCode:
    """`share` is relative to the first one's people, 0 to 1."""

    code_id: int
    code: CodeName
    hits: int
    people: int
    share: float


def list_top_codes(workspace: Workspace, span: Range, count: int = 6) -> list[TopCode]:
    """The codes with the most people in the range."""
    table: Any = ScanHour if span.interval == "hour" else ScanDay
    bucket = table.hour_at if span.interval == "hour" else table.day
    first: Any = (
        hours_of(span.count)[0]
        if span.interval == "hour"
        else days_of(span.count, workspace.time_zone)[0]
    )
    people, hits = func.sum(table.people), func.sum(table.hits)
    rows = db.session.execute(
        select(table.code_id, hits, people)
        .where(
            table.workspace_id == workspace.id,
            table.code_id != WHOLE_WORKSPACE,
            bucket >= first,
        )
        .group_by(table.code_id)
        .order_by(people.desc(), hits.desc(), table.code_id)
        .limit(count)
    ).all()
    names = names_of(workspace, {row[0] for row in rows})
    most = max((int(row[2]) for row in rows), default=0) or 1
    return [
        TopCode(code_id, names[code_id], int(hits), int(people), int(people) / most)
        for code_id, hits, people in rows
    ]


def count_scans_this_month(workspace: Workspace) -> int:
    """Everything accepted since the first of the month in the workspace's zone."""
    today = clock.local_date(clock.now(), workspace.time_zone)
    hits = select(func.sum(ScanDay.hits)).where(
        ScanDay.workspace_id == workspace.id,
        ScanDay.code_id == WHOLE_WORKSPACE,
        ScanDay.day >= today.replace(day=1),
    )
    return int(db.session.scalar(hits) or 0)


def find_first_day(workspace: Workspace) -> date | None:
    """The earliest with scans."""
    return db.session.scalar(
        select(func.min(ScanDay.day)).where(
            ScanDay.workspace_id == workspace.id, ScanDay.code_id == WHOLE_WORKSPACE
        )
    )


def list_recent_scans(workspace: Workspace, code_id: int | None, count: int = 12) -> list[Scan]:
    """The latest scans, newest first, robots included."""
    return list(db.session.scalars(_scans_of(workspace, code_id).limit(count)))


def list_matching_scans(
    workspace: Workspace,
    code_id: int | None,
    conditions: Sequence[ColumnElement[bool]],
    start: datetime,
    end: datetime,
    count: int,
) -> list[Scan]:
    """The latest from `start` to before `end` for which all conditions hold."""
    query = _scans_of(workspace, code_id).where(
        Scan.scanned_at >= start, Scan.scanned_at < end, *conditions
    )
    return list(db.session.scalars(query.limit(count)))


def find_first_scan(workspace: Workspace) -> Scan | None:
    """The first one by a person; whoever opened the link from our own pages is one, too."""
    return db.session.scalar(
        select(Scan)
        .where(
            Scan.workspace_id == workspace.id,
            or_(Scan.set_apart.is_(None), Scan.set_apart == OWN),
        )
        .order_by(Scan.scanned_at)
        .limit(1)
    )


def list_scans_before(
    workspace: Workspace, code_id: int, *, before: tuple[datetime, Any] | None, count: int
) -> list[Scan]:
    """A keyset page for programs: newest first, before the scan with that time and id."""
    query = _scans_of(workspace, code_id).limit(count)
    if before is not None:
        at, scan_id = before
        query = query.where(
            or_(Scan.scanned_at < at, and_(Scan.scanned_at == at, Scan.id < scan_id))
        )
    return list(db.session.scalars(query))


def _scans_of(workspace: Workspace, code_id: int | None) -> Select[Scan]:
    query = select(Scan).where(Scan.workspace_id == workspace.id)
    if code_id is not None:
        query = query.where(Scan.code_id == code_id)
    return query.order_by(Scan.scanned_at.desc(), Scan.id.desc())


def hours_between(first: datetime, last: datetime) -> list[datetime]:
    count = int((last - first).total_seconds() // 3600) + 1
    return [first + timedelta(hours=n) for n in range(count)]
