"""The statements of a question: one over raw rows, whatever is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Question
from pitchbar.analytics.resolving import Condition, resolve
from pitchbar.analytics.sql.parts import (
    CONVERSION_STEPS,
    FIRST_HOURS,
    HOURS,
    STEPS,
    counted_scans,
    first_hours,
    grouped_conversions,
    grouped_scans,
    raw_parts,
    step_of,
)
from pitchbar.analytics.sql.ranking import CODE, Found, Page, Sums, collect, ranked
from pitchbar.analytics.sql.raw_rows import conversions_of, scans_of
from pitchbar.analytics.sql.rollups import Scope
from pitchbar.analytics.sql.slices import Slice, windows_of
from pitchbar.analytics.sql.steps import Counted, hour_at, number_of
from pitchbar.conversions.models import ConversionDay
from pitchbar.scans.models import ScanDay
from pitchbar.scans.set_apart import OVER_LIMIT, OWN, REPEAT

_APART = {REPEAT: "repeats", OWN: "own", OVER_LIMIT: "over_limit"}
_REASON = BY_KEY["reason"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its filters resolved; a single code among them is the scope."""

    question: Question
    scope: Scope
    conditions: tuple[Condition, ...]


def understand(question: Question) -> Asked:
    conditions = resolve(question.workspace_id, question.filters)
    code_id = question.code_id
    only = conditions[0] if len(conditions) == 1 else None
    if code_id is None and only and _is_one_code(only):
        assert only.included  # noqa: S101  # as was asked
        code_id, conditions = int(only.included[0]), ()
    return Asked(question, Scope(question.workspace_id, code_id), conditions)


def _is_one_code(condition: Condition) -> bool:
    return (
        condition.dimension.kind == "code"
        and len(condition.included or ()) == 1
        and not condition.excluded
        and not condition.includes_none
    )


def slice_of(connection: Connection, asked: Asked) -> Slice:
    """The raw rows of the whole span, of those days on which there may be any."""
    span, scope = asked.question.span, asked.scope
    first, last = days_with_rows(connection, scope)
    windows = windows_of(span, first, last) if first and last else ()
    since = span.start if windows and windows[0].start < span.start else None
    return Slice(scope.workspace_id, scope.code_id, windows, since)


def days_with_rows(connection: Connection, scope: Scope) -> tuple[date | None, date | None]:
    """With one more on each side: the workspace may have had another zone."""
    ends: list[date] = []
    for table in (ScanDay, ConversionDay):
        query = select(func.min(table.day), func.max(table.day)).where(*scope.of(table))
        ends += [day for day in connection.execute(query).one() if day]
    return (min(ends) - _DAY, max(ends) + _DAY) if ends else (None, None)


def read_raw(
    connection: Connection,
    asked: Asked,
    dimensions: Sequence[Dimension],
    page: Page,
    *,
    with_steps: bool,
    with_hours: bool = False,
) -> tuple[Found, Slice]:
    """All from the raw rows, which are read once."""
    rows = slice_of(connection, asked)
    if not rows.windows:
        return {}, rows
    dialect, span = connection.dialect.name, asked.question.span
    wanted = list(dict.fromkeys([*dimensions, *([_REASON] if with_steps else [])]))
    with_labels = any(one.kind == "label" for one in wanted)
    columns = [one for one in wanted if one.kind != "label"]
    if with_labels and CODE not in columns:
        columns.append(CODE)
    seen = scans_of(dialect, rows, asked.conditions, columns)
    told = conversions_of(dialect, rows, asked.conditions, columns)
    parts = raw_parts(seen, told, columns)
    if with_steps and span.interval == "hour":
        parts.append(counted_scans(seen, STEPS, step_of(seen, "hour")))
        parts.append(first_hours(seen, number_of(span.start)))
        parts.append(grouped_conversions(told, CONVERSION_STEPS, step_of(told, "hour")))
    elif with_steps:
        parts.append(grouped_scans(seen, STEPS, step_of(seen, "step")))
        parts.append(grouped_conversions(told, CONVERSION_STEPS, step_of(told, "step")))
    if with_hours:
        parts.append(counted_scans(seen, HOURS, step_of(seen, "hour")))
    statement = ranked(dialect, parts, page, asked.scope.workspace_id, with_labels=with_labels)
    return collect(connection.execute(statement)), rows


def counted_of(found: Found, rows: Slice, asked: Asked) -> Counted:
    """Days and hours, and what was set apart, of what `read_raw` found."""
    counted = Counted()
    is_hours = asked.question.span.interval == "hour"
    for number in (STEPS, FIRST_HOURS, CONVERSION_STEPS):
        for value, sums in found.get(number, {}).items():
            step: Any = hour_at(int(value)) if is_hours else rows.windows[int(value) - 1].day
            counted.at(step).add(sums)
    for reason, name in _APART.items():
        counted.set_apart(name, _hits_of(found.get(_REASON.number, {}), reason))
    return counted


def _hits_of(found: Mapping[str, Sums], value: str) -> int:
    return found[value].hits if value in found else 0
