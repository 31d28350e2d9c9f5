"""Totals, series and weeks without filters: from the rollups that the storing of scans keeps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from pitchbar.analytics.buckets import day_start
from pitchbar.analytics.engine import Span
from pitchbar.analytics.sql.steps import Counted, Step
from pitchbar.conversions.models import NO_CURRENCY, Conversion, ConversionDay
from pitchbar.core import clock
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay, ScanHour
from pitchbar.scans.set_apart import OVER_LIMIT, OWN, REPEAT

_APART = {"repeats": REPEAT, "own": OWN, "over_limit": OVER_LIMIT}
_FIGURES = ("hits", "people", "unique_people", *_APART)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """A workspace, or one of its codes."""

    workspace_id: int
    code_id: int | None = None

    @property
    def key(self) -> int:
        """As rollups call it."""
        return WHOLE_WORKSPACE if self.code_id is None else self.code_id

    def of(self, table: Any) -> list[Any]:
        """Which rows of a rollup."""
        return [table.workspace_id == self.workspace_id, table.code_id == self.key]

    def of_raw(self, table: Any) -> list[Any]:
        own = [table.workspace_id == self.workspace_id]
        return own if self.code_id is None else [*own, table.code_id == self.code_id]


def count_scope(connection: Connection, scope: Scope, span: Span) -> Counted:
    counted = Counted()
    if span.interval == "hour":
        _add_hours(connection, scope, counted, span.start, span.end)
        _add_conversions(connection, scope, counted, span.start, span.end)
        return counted
    rest = day_start(span.last, span.zone)
    if span.end == day_start(span.last + _DAY, span.zone):
        _add_days(connection, scope, counted, span, span.last)
    else:
        _add_days(connection, scope, counted, span, span.last - _DAY)
        _add_rest(connection, scope, counted, span, rest)
    return counted


def people_by_hour(connection: Connection, scope: Scope, span: Span) -> dict[datetime, int]:
    """By hour of UTC. Where days begin within one, its part is counted from the raw rows."""
    start, end = clock.start_of_hour(span.start), clock.start_of_hour(span.end)
    rows = connection.execute(
        select(ScanHour.hour_at, ScanHour.people).where(
            *scope.of(ScanHour), ScanHour.hour_at >= span.start, ScanHour.hour_at < end
        )
    )
    found = {hour: int(people) for hour, people in rows}
    for hour, since, until in ((start, span.start, start + _HOUR), (end, end, span.end)):
        if since != until and (since, until) != (hour, hour + _HOUR):
            figures = connection.execute(_raw_figures(scope, since, until)).one()
            found[hour] = found.get(hour, 0) + figures[1]
    return found


def first_day_of(connection: Connection, scope: Scope) -> date | None:
    """The first one with a scan: where all time begins."""
    return connection.scalar(select(func.min(ScanDay.day)).where(*scope.of(ScanDay)))


def _add_days(
    connection: Connection, scope: Scope, counted: Counted, span: Span, last: date
) -> None:
    """Whole days. A workspace that moves westward has scans of a day that has not begun where it
    is now: they count today.
    """
    is_open = last == clock.local_date(clock.now(), span.zone)
    for table, add in ((ScanDay, _add_figures), (ConversionDay, _add_worth)):
        figures: tuple[str, ...] = _FIGURES
        if table is ConversionDay:
            figures = ("currency", "conversions", "value_minor")
        rows = connection.execute(
            select(table.day, *(getattr(table, name) for name in figures)).where(
                *scope.of(table),
                table.day >= span.first,
                *([] if is_open else [table.day <= last]),
            )
        )
        for day, *found in rows:
            add(counted, min(day, last), found)


def _add_rest(
    connection: Connection, scope: Scope, counted: Counted, span: Span, start: datetime
) -> None:
    """The last day, of which the span holds a part."""
    if start == clock.start_of_hour(start):
        hours = Counted()
        _add_hours(connection, scope, hours, start, span.end)
        for sums in hours.steps.values():
            counted.at(span.last).add(sums)
        for name, hits in hours.apart.items():
            counted.set_apart(name, hits)
    else:
        row = connection.execute(_raw_figures(scope, start, span.end)).one()
        _add_figures(counted, span.last, [figure or 0 for figure in row])
    _add_conversions(connection, scope, counted, start, span.end, span.last)


def _raw_figures(scope: Scope, start: datetime, end: datetime) -> Any:
    is_person = Scan.set_apart.is_(None)
    return select(
        func.count(),
        func.count(case((is_person, 1))),
        func.count(case((is_person, Scan.visitor)).distinct()),
        *(func.count(case((Scan.set_apart == reason, 1))) for reason in _APART.values()),
    ).where(*scope.of_raw(Scan), Scan.scanned_at >= start, Scan.scanned_at < end)


def _add_hours(
    connection: Connection, scope: Scope, counted: Counted, start: datetime, end: datetime
) -> None:
    rows = connection.execute(
        select(ScanHour.hour_at, *(getattr(ScanHour, name) for name in _FIGURES)).where(
            *scope.of(ScanHour), ScanHour.hour_at >= start, ScanHour.hour_at < end
        )
    )
    for hour, *found in rows:
        _add_figures(counted, hour, found)


def _add_conversions(
    connection: Connection,
    scope: Scope,
    counted: Counted,
    start: datetime,
    end: datetime,
    step: Step | None = None,
) -> None:
    """From the conversions themselves: hours have no rollups. Under `step`, or by hour."""
    told = connection.execute(
        select(Conversion.occurred_at, Conversion.currency, Conversion.value_minor).where(
            and_(*scope.of_raw(Conversion)),
            Conversion.occurred_at >= start,
            Conversion.occurred_at < end,
        )
    )
    for at, currency, value in told:
        where = clock.start_of_hour(at) if step is None else step
        _add_worth(counted, where, [currency or NO_CURRENCY, 1, value or 0])


def _add_figures(counted: Counted, step: Step, found: list[Any]) -> None:
    hits, people, unique, *apart = map(int, found)
    sums = counted.at(step)
    sums.hits, sums.people = sums.hits + hits, sums.people + people
    sums.unique_people += unique
    for name, count in zip(_APART, apart, strict=True):
        counted.set_apart(name, count)


def _add_worth(counted: Counted, step: Step, found: list[Any]) -> None:
    currency, count, value = found
    if count:
        counted.at(step).add_worth(currency, int(count), int(value))
