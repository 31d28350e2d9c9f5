"""Single scans under the filters of a board, in the order of their times."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, inspect, or_, select

from pitchbar.analytics.engine import Question
from pitchbar.analytics.resolving import resolve
from pitchbar.analytics.sql.raw_rows import SCANS, fulfils
from pitchbar.conversions.models import Conversion
from pitchbar.core.pagination import decode_cursor, encode_cursor
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.scans.accepted import time_of_scan
from pitchbar.scans.models import Scan
from pitchbar.workspaces.models import Workspace

# A scan's time and its id.
Place = tuple[datetime, UUID]
_PORTION = 5000


def list_scans(
    question: Question, *, before: Place | None = None, after: Place | None = None, count: int
) -> list[Scan]:
    """Newest first: those before a place, or the nearest after it; one of the two, or neither."""
    query = _matching(question)
    if after is not None:
        query = query.where(_is_after(after)).order_by(Scan.scanned_at, Scan.id)
        return list(db.session.scalars(query.limit(count)))[::-1]
    if before is not None:
        query = query.where(_is_before(before))
    newest_first = query.order_by(Scan.scanned_at.desc(), Scan.id.desc())
    return list(db.session.scalars(newest_first.limit(count)))


def each_scan(question: Question, after: Place | None = None) -> Iterator[Sequence[Any]]:
    """All of them, oldest first, in portions of bare rows with the attributes of `Scan`; each is a
    question of its own, so that nothing is held while the last one is sent.
    """
    columns = list(inspect(Scan).column_attrs)
    while True:
        query = _matching(question).with_only_columns(
            *(getattr(Scan, column.key) for column in columns)
        )
        if after is not None:
            query = query.where(_is_after(after))
        query = query.order_by(Scan.scanned_at, Scan.id).limit(_PORTION)
        portion = db.session.execute(query).all()
        if portion:
            yield portion
            after = (portion[-1].scanned_at, portion[-1].id)
        if len(portion) < _PORTION:
            return


def count_up_to(question: Question, most: int) -> int:
    """How many there are, and no further than `most`."""
    some = _matching(question).with_only_columns(Scan.id).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def get_scan(workspace: Workspace, scan_id: UUID) -> Scan:
    """Raises NotFound. The time stands in the id, and tells in which month to look."""
    try:
        at = time_of_scan(scan_id)
    except (ValueError, OverflowError):
        raise NotFound from None
    scan = db.session.scalar(
        select(Scan).where(Scan.id == scan_id, Scan.workspace_id == workspace.id, _is_about(at))
    )
    if scan is None:
        raise NotFound
    return scan


def list_of_visitor(scan: Scan, count: int) -> Sequence[Scan]:
    """The other scans of the same visitor, which are of the same day; newest first."""
    if scan.visitor is None:
        return []
    return list(
        db.session.scalars(
            select(Scan)
            .where(
                Scan.workspace_id == scan.workspace_id,
                Scan.visitor == scan.visitor,
                Scan.id != scan.id,
                Scan.scanned_at.between(*_day_around(scan.scanned_at)),
            )
            .order_by(Scan.scanned_at.desc(), Scan.id.desc())
            .limit(count)
        )
    )


def list_conversions(scan: Scan) -> Sequence[Conversion]:
    """What came of it, oldest first."""
    return list(
        db.session.scalars(
            select(Conversion)
            .where(
                Conversion.workspace_id == scan.workspace_id,
                Conversion.code_id == scan.code_id,
                Conversion.occurred_at >= scan.scanned_at,
                Conversion.scan_id == scan.id,
            )
            .order_by(Conversion.occurred_at)
        )
    )


def write_place(scan: Any) -> str:
    return encode_cursor(f"{scan.scanned_at.isoformat()}|{scan.id}")


def read_place(text: str) -> Place | None:
    """None for what `write_place` did not write: the list then begins at its start."""
    try:
        at, _, scan_id = decode_cursor(text).partition("|")
        time = datetime.fromisoformat(at)
        return (time, UUID(scan_id)) if time.tzinfo and 1970 <= time.year <= 9000 else None
    except ValueError:
        return None


def _matching(question: Question) -> Select[Any]:
    span = question.span
    query = select(Scan).where(
        Scan.workspace_id == question.workspace_id,
        Scan.scanned_at >= span.start,
        Scan.scanned_at < span.end,
        *(fulfils(each, SCANS) for each in resolve(question.workspace_id, question.filters)),
    )
    return query if question.code_id is None else query.where(Scan.code_id == question.code_id)


def _is_before(place: Place) -> Any:
    at, scan_id = place
    earlier = and_(Scan.scanned_at == at, Scan.id < scan_id)
    return and_(Scan.scanned_at <= at, or_(Scan.scanned_at < at, earlier))


def _is_after(place: Place) -> Any:
    at, scan_id = place
    later = and_(Scan.scanned_at == at, Scan.id > scan_id)
    return and_(Scan.scanned_at >= at, or_(Scan.scanned_at > at, later))


def _is_about(at: datetime) -> Any:
    return Scan.scanned_at.between(at - timedelta(seconds=1), at + timedelta(seconds=1))


def _day_around(at: datetime) -> tuple[datetime, datetime]:
    return at - timedelta(hours=26), at + timedelta(hours=26)
