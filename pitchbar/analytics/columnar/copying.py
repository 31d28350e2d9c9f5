"""History, copied in stretches of time: each in batches by id, so that it goes on where it was.

A month at a time where all is copied, a day where something is missing. Rows that ClickHouse has
already are replaced by the same.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from pitchbar.analytics.columnar.feed import CONVERSIONS, SCANS
from pitchbar.analytics.columnar.models import CopyRange
from pitchbar.analytics.columnar.rows import conversions_query, scans_query
from pitchbar.analytics.columnar.writing import Writer
from pitchbar.conversions.models import Conversion, ConversionDay
from pitchbar.core import clock
from pitchbar.scans.models import Scan, ScanDay

BATCH = 20_000
KINDS = (SCANS, CONVERSIONS)
_DAY = timedelta(days=1)
_SOURCES: dict[str, tuple[Any, Any, Any, Any]] = {
    SCANS: (scans_query, Scan.id, Scan.scanned_at, ScanDay),
    CONVERSIONS: (conversions_query, Conversion.id, Conversion.occurred_at, ConversionDay),
}


class Copier:
    """Whoever calls has the turn to write."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = engine
        self._insert = {SCANS: writer.insert_scans, CONVERSIONS: writer.insert_conversions}

    def copy_once(self) -> int:
        """The next batch of the newest stretch that is not done; returns how many rows and ends
        of stretches that were, 0 when all is done. Raises ScanStoreUnavailable.
        """
        with Session(self._engine) as session:
            waiting = waiting_ranges(session)
        return self.copy(waiting[0]) + 1 if waiting else 0

    def copy(self, stretch: CopyRange) -> int:
        """Its next batch; returns how many rows that were."""
        rows = self._read(stretch)
        self._insert[stretch.kind](rows)
        values: dict[str, Any] = {"copied": CopyRange.copied + len(rows)}
        if len(rows) < BATCH:
            values["done_at"] = clock.now()
        else:
            values["after_id"] = rows[-1][3]
        # Not where it was planned anew meanwhile.
        mine = (CopyRange.id == stretch.id) & (CopyRange.planned_at == stretch.planned_at)
        with self._engine.begin() as connection:
            connection.execute(update(CopyRange).where(mine).values(values))
        return len(rows)

    def _read(self, stretch: CopyRange) -> list[Any]:
        make_query, id_column, at, _ = _SOURCES[stretch.kind]
        query = make_query().where(at >= stretch.start_at, at < stretch.end_at)
        if stretch.after_id is not None:
            query = query.where(id_column > stretch.after_id)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(id_column).limit(BATCH)))


def is_planned(session: Session) -> bool:
    return session.scalar(select(CopyRange.id).limit(1)) is not None


def plan_all(session: Session) -> int:
    """All months of which there are rows, the present one always; returns how many."""
    count, now = 0, clock.now()
    for kind in KINDS:
        first, last = days_of(session, kind) or (now.date(), now.date())
        start, end = (datetime.combine(day, time(), UTC) for day in (first, last))
        for month, following in _months(min(start, now), max(end + _DAY, now + _DAY)):
            _plan(session, kind, month, following)
            count += 1
    return count


def days_of(session: Session, kind: str) -> tuple[date, date] | None:
    """From the first to the last day on which there may be rows, by the rollups. A day of a zone
    begins and ends on others of UTC.
    """
    day = _SOURCES[kind][3].day
    first, last = session.execute(select(func.min(day), func.max(day))).one()
    return (first - _DAY, last + _DAY) if first and last else None


def plan_days(session: Session, kind: str, first: datetime, last: datetime) -> None:
    """The days of UTC from that of `first` to that of `last`."""
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= last:
        _plan(session, kind, day, day + _DAY)
        day += _DAY


def _plan(session: Session, kind: str, start: datetime, end: datetime) -> None:
    """From the beginning, also where it was under way."""
    same = (
        (CopyRange.kind == kind)
        & (CopyRange.start_at == start)
        & (CopyRange.end_at == end)
        & CopyRange.done_at.is_(None)
    )
    known = session.scalar(select(CopyRange).where(same))
    if known is None:
        session.add(CopyRange(kind=kind, start_at=start, end_at=end))
    else:
        known.after_id, known.copied, known.planned_at = None, 0, clock.now()
    session.flush()


def waiting_ranges(session: Session) -> Sequence[CopyRange]:
    """Those that are not done; the newest come first."""
    query = select(CopyRange).where(CopyRange.done_at.is_(None))
    return session.scalars(query.order_by(CopyRange.start_at.desc(), CopyRange.id)).all()


def _months(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month < end:
        following = (month + timedelta(days=32)).replace(day=1)
        yield month, following
        month = following
