"""The statements of a question: one over raw rows, whatever is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Question
from pitchbar.analytics.resolving import Condition, resolve
from pitchbar.analytics.sql.models import RolledDay
from pitchbar.analytics.sql.months import month_of, summed_months
from pitchbar.analytics.sql.parts import (
    CONVERSION_STEPS,
    FIRST_HOURS,
    HOURS,
    STEPS,
    Key,
    conversion_parts,
    first_hours,
    key_of,
)
from pitchbar.analytics.sql.ranking import CODE, Found, Page, Sums, collect, ranked
from pitchbar.analytics.sql.raw_rows import conversions_of, scans_of
from pitchbar.analytics.sql.rolled_rows import rolled_parts
from pitchbar.analytics.sql.rollups import Scope
from pitchbar.analytics.sql.set_parts import scan_parts
from pitchbar.analytics.sql.slices import Slice, Window, windows_of
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


@dataclass(frozen=True, slots=True)
class Plan:
    """Which days of a span are read from breakdowns that are there, of which whole months, and
    which rows for the rest.
    """

    rolled: tuple[date, ...]
    months: tuple[date, ...]
    rows: Slice


def plan_of(connection: Connection, asked: Asked) -> Plan:
    span, scope = asked.question.span, asked.scope
    first, last = days_with_rows(connection, scope)
    windows = windows_of(span, first, last) if first and last else ()
    rolled = _Rolled({}, {})
    if windows and not asked.conditions:
        rolled = _rolled_days(
            connection, scope, [one for one in windows if one.start >= span.start]
        )
    whole = rolled.whole
    months = summed_months(connection, scope, span.first, span.last, whole)
    days = [day for day in whole if month_of(day) not in months]
    rest = tuple(one for one in windows if one.day not in whole)
    since = span.start if rest and rest[0].start < span.start else None
    if rest and rest[0].day in rolled.begun:
        days.append(rest[0].day)
        since = rolled.begun[rest[0].day]
    rows = Slice(scope.workspace_id, scope.code_id, rest, since)
    return Plan(tuple(sorted(days)), tuple(months), rows)


@dataclass(frozen=True, slots=True)
class _Rolled:
    """Days by their tokens; those that run on by the moments up to which they are rolled."""

    whole: dict[date, int | None]
    begun: dict[date, datetime]


def _rolled_days(connection: Connection, scope: Scope, windows: Sequence[Window]) -> _Rolled:
    """Those that were rolled as the days that they are today: the zone may have been another. Of
    final ones there is nothing else any more.
    """
    found = _Rolled({}, {})
    if not windows:
        return found
    edges = {one.day: (one.start, one.end) for one in windows}
    rows = connection.execute(
        select(
            RolledDay.day,
            RolledDay.token,
            RolledDay.is_final,
            RolledDay.start_at,
            RolledDay.end_at,
        ).where(*scope.of(RolledDay), RolledDay.day.between(windows[0].day, windows[-1].day))
    )
    for day, token, is_final, start, end in rows:
        if is_final and day in edges:
            found.whole[day] = token
        elif day in edges and edges[day][0] == start:
            if end == edges[day][1]:
                found.whole[day] = token
            elif end < edges[day][1]:
                found.begun[day] = end
    return found


def days_with_rows(connection: Connection, scope: Scope) -> tuple[date | None, date | None]:
    """With one more on each side: the workspace may have had another zone."""
    ends: list[date] = []
    for table in (ScanDay, ConversionDay):
        query = select(func.min(table.day), func.max(table.day)).where(*scope.of(table))
        ends += [day for day in connection.execute(query).one() if day]
    return (min(ends) - _DAY, max(ends) + _DAY) if ends else (None, None)


def read_parts(
    connection: Connection,
    asked: Asked,
    dimensions: Sequence[Dimension],
    page: Page,
    *,
    with_steps: bool = False,
    with_hours: bool = False,
) -> tuple[Found, Plan]:
    """By dimension, and where asked the steps of the series and the hours. Raw rows are read once,
    by one statement.
    """
    plan, dialect = plan_of(connection, asked), connection.dialect.name
    wanted = list(dict.fromkeys([*dimensions, *([_REASON] if with_steps else [])]))
    with_labels = any(one.kind == "label" for one in wanted)
    columns = [one for one in wanted if one.kind != "label"]
    if with_labels and CODE not in columns:
        columns.append(CODE)
    numbers = [one.number for one in columns]
    parts: list[Any] = rolled_parts(asked.scope, plan.rolled, plan.months, numbers)
    if plan.rows.windows:
        parts += _raw_parts(dialect, asked, plan, columns, steps=with_steps, hours=with_hours)
    if not parts:
        return {}, plan
    statement = ranked(dialect, parts, page, asked.scope.workspace_id, with_labels=with_labels)
    return collect(connection.execute(statement)), plan


def _raw_parts(
    dialect: str,
    asked: Asked,
    plan: Plan,
    columns: Sequence[Dimension],
    *,
    steps: bool,
    hours: bool,
) -> list[Any]:
    seen = scans_of(dialect, plan.rows, asked.conditions, columns)
    told = conversions_of(dialect, plan.rows, asked.conditions, columns)
    keys, by_hour = [key_of(one) for one in columns], asked.question.span.interval == "hour"
    parts: list[Any] = [*conversion_parts(told, keys)]
    if steps:
        name = "hour" if by_hour else "step"
        keys.append(Key(STEPS, name, is_unique=not by_hour))
        parts += conversion_parts(told, [Key(CONVERSION_STEPS, name)])
        if by_hour:
            parts.append(first_hours(seen, number_of(asked.question.span.start)))
    if hours and not by_hour:
        keys.append(Key(HOURS, "hour", is_unique=False))
    return [*parts, *scan_parts(dialect, seen, keys)]


def counted_of(found: Found, plan: Plan, asked: Asked) -> Counted:
    """Days and hours, and what was set apart, of what `read_parts` found."""
    counted = Counted()
    is_hours = asked.question.span.interval == "hour"
    for number in (STEPS, FIRST_HOURS, CONVERSION_STEPS):
        for value, sums in found.get(number, {}).items():
            step: Any = hour_at(int(value)) if is_hours else plan.rows.windows[int(value) - 1].day
            counted.at(step).add(sums)
    for reason, name in _APART.items():
        counted.set_apart(name, _hits_of(found.get(_REASON.number, {}), reason))
    return counted


def _hits_of(found: Mapping[str, Sums], value: str) -> int:
    return found[value].hits if value in found else 0
