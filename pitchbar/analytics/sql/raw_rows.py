"""Raw rows of a slice, read once by a statement, however much is asked of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import Grouping

from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.resolving import Condition
from pitchbar.analytics.sql.slices import Slice
from pitchbar.codes.labels.models import CodeLabel
from pitchbar.conversions.models import NO_CURRENCY, Conversion
from pitchbar.scans.models import Scan

SCANS: Any = Scan.__table__
CONVERSIONS: Any = Conversion.__table__
# More intervals than these, and a statement looks at each row's day instead.
_MOST_INTERVALS = 30


def scans_of(
    dialect: str, rows: Slice, conditions: Sequence[Condition], dimensions: Sequence[Dimension]
) -> CTE:
    """Columns: `step` (the window's place, from 1), `hour` (of UTC, since 1970), `owner` (the
    code), `person` (0 or 1), `visitor` (who it was on that day, if a person), where some rows are
    before the span `inside` (0 or 1), and a column for each dimension, by its key, as it is stored:
    groups are made into text, not rows.
    """
    at, reason = SCANS.c.scanned_at, SCANS.c.robot_reason
    steps, within, step = _windowed(dialect, rows, at)
    is_known = and_(reason.is_(None), SCANS.c.visitor.is_not(None))
    columns: dict[str, ColumnElement[Any]] = {
        "step": step,
        "hour": _hour_of(dialect, at),
        "owner": SCANS.c.code_id,
        "person": case((reason.is_(None), 1), else_=0),
        "visitor": case((is_known, _who(dialect, SCANS.c.visitor, step)), else_=None),
    }
    if rows.since:
        columns["inside"] = case((at >= rows.since, 1), else_=0)
    for dimension in dimensions:
        if dimension.column:
            columns[dimension.key] = _as_it_is(dimension, SCANS)
    query = select(*(column.label(name) for name, column in columns.items())).where(
        SCANS.c.workspace_id == rows.workspace_id,
        *([SCANS.c.code_id == rows.code_id] if rows.code_id is not None else []),
        within,
        *([_is_since_or_comes_again(rows)] if rows.since else []),
        *(fulfils(condition, SCANS) for condition in conditions),
    )
    if steps is not None:
        query = query.select_from(steps.join(SCANS, true()))
    return query.cte("seen").prefix_with("MATERIALIZED")


def _is_since_or_comes_again(rows: Slice) -> ColumnElement[bool]:
    """Of those before, no others matter than who comes again."""
    later = SCANS.alias("later")
    who = select(later.c.visitor).where(
        later.c.workspace_id == rows.workspace_id,
        *([later.c.code_id == rows.code_id] if rows.code_id is not None else []),
        later.c.scanned_at >= rows.since,
        later.c.scanned_at < rows.windows[-1].end,
        later.c.robot_reason.is_(None),
        later.c.visitor.is_not(None),
    )
    return or_(SCANS.c.scanned_at >= rows.since, SCANS.c.visitor.in_(who))


def conversions_of(
    dialect: str, rows: Slice, conditions: Sequence[Condition], dimensions: Sequence[Dimension]
) -> CTE:
    """Columns: `step`, `hour`, `owner` (the code), `currency`, `value_minor` and one for each
    dimension: what is known of the scan. Code and rule are the conversion's own, so that they
    outlive the scan.
    """
    at = CONVERSIONS.c.occurred_at
    steps, within, step = _windowed(dialect, rows, at)
    scan = _scan_of_conversion(dialect)
    # A label has no column: it is the code's.
    sources = {"code_id": CONVERSIONS, "rule_id": CONVERSIONS, "": CONVERSIONS}
    columns = {
        "step": step,
        "hour": _hour_of(dialect, at),
        "owner": CONVERSIONS.c.code_id,
        "currency": func.coalesce(CONVERSIONS.c.currency, NO_CURRENCY),
        "value_minor": func.coalesce(CONVERSIONS.c.value_minor, 0),
    }
    for dimension in dimensions:
        if dimension.column:
            source = sources.get(dimension.column, scan)
            columns[dimension.key] = _as_it_is(dimension, source)
    origin = CONVERSIONS if steps is None else steps.join(CONVERSIONS, true())
    is_its_scan = (
        true()
        if dialect == "postgresql"
        else and_(scan.c.id == CONVERSIONS.c.scan_id, scan.c.scanned_at == CONVERSIONS.c.scanned_at)
    )
    query = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(origin.outerjoin(scan, is_its_scan))
        .where(
            CONVERSIONS.c.workspace_id == rows.workspace_id,
            *([CONVERSIONS.c.code_id == rows.code_id] if rows.code_id is not None else []),
            within,
            *([at >= rows.since] if rows.since else []),
            *(
                fulfils(condition, sources.get(condition.dimension.column, scan))
                for condition in conditions
            ),
        )
    )
    return query.cte("told").prefix_with("MATERIALIZED")


def _as_it_is(dimension: Dimension, rows: Any) -> ColumnElement[Any]:
    """Of texts the length that is declared is dropped: PostgreSQL would take them all for that
    long, and believe that it has no memory to group them.
    """
    column: ColumnElement[Any] = rows.c[dimension.column]
    return cast(column, Text) if dimension.kind == "text" else column


def _scan_of_conversion(dialect: str) -> Any:
    """On PostgreSQL each is looked up by its key, in its own partition: a join might read all."""
    if dialect != "postgresql":
        return SCANS
    return (
        select(SCANS)
        .where(SCANS.c.id == CONVERSIONS.c.scan_id, SCANS.c.scanned_at == CONVERSIONS.c.scanned_at)
        .limit(1)
        .correlate(CONVERSIONS)
        .lateral("scan")
    )


def fulfils(condition: Condition, rows: Any) -> ColumnElement[bool]:
    """`rows` has the column that is asked for, or for labels the code's."""
    if condition.dimension.kind == "label":
        return _has_label(condition, rows.c.code_id)
    column = rows.c[condition.dimension.column]
    is_none = column.is_(None) if _is_number(condition) else func.coalesce(column, "") == ""
    return _chosen(condition, lambda values: column.in_(values), is_none)


def _is_number(condition: Condition) -> bool:
    return condition.dimension.kind != "text"


def _has_label(condition: Condition, code_id: ColumnElement[int]) -> ColumnElement[bool]:
    def carries(values: Sequence[Any] | None) -> ColumnElement[bool]:
        query = select(CodeLabel.code_id).where(CodeLabel.code_id == code_id)
        return exists(query if values is None else query.where(CodeLabel.label_id.in_(values)))

    return _chosen(condition, carries, not_(carries(None)))


def _chosen(condition: Condition, has: Any, is_none: ColumnElement[bool]) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    if condition.included is not None:
        found = [has(condition.included)] if condition.included else []
        clauses.append(or_(false(), *found, *([is_none] if condition.includes_none else [])))
    if condition.excluded:
        # What is unknown is not what is left out.
        clauses.append(func.coalesce(not_(has(condition.excluded)), true()))
    if condition.excludes_none:
        clauses.append(not_(is_none))
    return and_(true(), *clauses)


def _windowed(
    dialect: str, rows: Slice, at: ColumnElement[datetime]
) -> tuple[Any, ColumnElement[bool], ColumnElement[int]]:
    """What is joined, if anything; which rows are within; the place of their window."""
    if dialect == "postgresql":
        starts = bindparam(
            None, [one.start for one in rows.windows], ARRAY(DateTime(timezone=True))
        )
        step = func.width_bucket(at, starts, type_=Integer)
        return None, _within(rows, at, step), step
    # As this database keeps times, as text.
    edges = [[_as_text(one.start), _as_text(one.end)] for one in rows.windows]
    steps = func.json_each(orjson.dumps(edges).decode()).table_valued("key", "value", name="steps")
    start, end = (func.json_extract(steps.c.value, f"$[{n}]", type_=String) for n in (0, 1))
    return steps, and_(at >= start, at < end), steps.c.key + 1


def _within(
    rows: Slice, at: ColumnElement[datetime], step: ColumnElement[int]
) -> ColumnElement[bool]:
    intervals = rows.intervals()
    if len(intervals) <= _MOST_INTERVALS:
        return or_(false(), *(and_(at >= start, at < end) for start, end in intervals))
    ends = bindparam(None, [one.end for one in rows.windows], ARRAY(DateTime(timezone=True)))
    # In brackets: else the type that is written behind the value takes the index for its own.
    end = Grouping(ends)[step]
    return and_(at >= intervals[0][0], at < intervals[-1][1], at < end)


def _as_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _hour_of(dialect: str, at: ColumnElement[datetime]) -> ColumnElement[int]:
    if dialect == "postgresql":
        return cast(func.floor(func.date_part("epoch", at) / 3600), Integer)
    return cast(func.strftime("%s", at), Integer) // 3600


def _who(dialect: str, visitor: ColumnElement[str], step: ColumnElement[int]) -> ColumnElement[Any]:
    """A visitor of a day: 64 bits, where that makes grouping by it quick."""
    if dialect == "postgresql":
        return func.hashtextextended(visitor, step)
    return visitor.concat(cast(step, String))
