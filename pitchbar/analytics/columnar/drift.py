"""Whether ClickHouse has what the database has: rows of each day of UTC, counted on both sides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, case, func, select
from sqlalchemy.orm import Session

from pitchbar.analytics.columnar.conditions import moment
from pitchbar.analytics.columnar.copying import KINDS, days_of, plan_days
from pitchbar.analytics.columnar.deletions import clear
from pitchbar.analytics.columnar.feed import CONVERSIONS, SCANS
from pitchbar.analytics.columnar.models import CopyRange, FeedEntry
from pitchbar.clients.scan_store import ScanStore
from pitchbar.conversions.models import Conversion
from pitchbar.scans.models import Scan

_DAY = timedelta(days=1)
# Rows, and what tells of their content: people of scans, minor units of conversions.
Sums = tuple[int, int]
_NONE = (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    day: date
    database: Sums
    clickhouse: Sums


def find_drift(engine: Engine, store: ScanStore, first: date, last: date) -> list[Difference]:
    """Of both kinds. Days of which something still waits to be told are left out; so is what comes
    while it is counted, as a day that differs is counted again.

    Raises:
        ScanStoreUnavailable
    """
    return [
        difference
        for kind in KINDS
        for start, end in _months(first, last)
        for difference in _compare(engine, store, kind, start, end)
        if _compare(engine, store, kind, difference.day, difference.day + _DAY)
    ]


def repair(session: Session, differences: list[Difference]) -> None:
    """Copies the days again; where ClickHouse has what it should not, they are emptied before."""
    for one in differences:
        start = _midnight(one.day)
        if one.clickhouse != _NONE:
            clear(session, one.kind, start, start + _DAY)
        plan_days(session, one.kind, start, start)


def days_with_rows(engine: Engine, store: ScanStore) -> tuple[date, date] | None:
    """From the first to the last day on which either side may have rows."""
    days: list[date] = []
    with Session(engine) as session:
        for kind in KINDS:
            days += days_of(session, kind) or ()
    for kind, at in ((SCANS, "scanned_at"), (CONVERSIONS, "occurred_at")):
        count, *ends = store.query(f"SELECT count(), min({at}), max({at}) FROM {kind}")[0]  # noqa: S608  # our names
        days += [end.date() for end in ends] if count else []
    return (min(days), max(days)) if days else None


def _compare(
    engine: Engine, store: ScanStore, kind: str, start: date, end: date
) -> list[Difference]:
    """Days from `start` to before `end`."""
    there = _count_there(store, kind, start, end)
    with engine.connect() as connection:
        here = _count_here(connection, kind, start, end)
        waiting = list(_waiting(connection, kind))
    found = [
        Difference(kind, day, here.get(day, _NONE), there.get(day, _NONE))
        for day in sorted({*here, *there})
        if here.get(day, _NONE) != there.get(day, _NONE)
    ]
    return [one for one in found if not any(_is_within(one.day, *times) for times in waiting)]


def _count_here(connection: Connection, kind: str, start: date, end: date) -> Mapping[date, Sums]:
    table: Any = Scan.__table__ if kind == SCANS else Conversion.__table__
    at = table.c.scanned_at if kind == SCANS else table.c.occurred_at
    second = (
        func.count(case((table.c.robot_reason.is_(None), 1)))
        if kind == SCANS
        else func.coalesce(func.sum(table.c.value_minor), 0)
    )
    in_utc = func.timezone("UTC", at) if connection.dialect.name == "postgresql" else at
    day = func.date(in_utc)
    within = and_(at >= _midnight(start), at < _midnight(end))
    rows = connection.execute(select(day, func.count(), second).where(within).group_by(day))
    return {_as_date(day): (int(count), int(value)) for day, count, value in rows}


def _count_there(store: ScanStore, kind: str, start: date, end: date) -> Mapping[date, Sums]:
    at = "scanned_at" if kind == SCANS else "occurred_at"
    second = "countIf(robot_reason = '')" if kind == SCANS else "sum(value_minor)"
    edges = [moment(int(_midnight(day).timestamp())) for day in (start, end)]
    rows = store.query(
        f"SELECT toDate({at}) AS day, count(), {second} FROM {kind} FINAL "  # noqa: S608  # our names
        f"WHERE {at} >= {edges[0]} AND {at} < {edges[1]} GROUP BY day"
    )
    return {day: (int(count), int(value)) for day, count, value in rows}


def _waiting(connection: Connection, kind: str) -> Iterator[tuple[datetime, datetime]]:
    """Times of rows that are still to be told or copied."""
    entries = select(FeedEntry.first_at, FeedEntry.last_at).where(FeedEntry.kind == kind)
    ranges = select(CopyRange.start_at, CopyRange.end_at).where(
        CopyRange.kind == kind, CopyRange.done_at.is_(None)
    )
    for query in (entries, ranges):
        for first, last in connection.execute(query):
            if first and last:
                yield first, last


def _is_within(day: date, first: datetime, last: datetime) -> bool:
    start = _midnight(day)
    return first < start + _DAY and last >= start


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Bounded stretches, each within a month."""
    while first <= last:
        following = min((first.replace(day=1) + 32 * _DAY).replace(day=1), last + _DAY)
        yield first, following
        first = following


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _as_date(day: Any) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
