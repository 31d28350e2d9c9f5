"""Breakdowns of days that were rolled, and of months of them, as parts to be added up."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, func, literal, null, or_, select

from pitchbar.analytics.sql.models import (
    ConversionBreakdown,
    ConversionMonthBreakdown,
    ScanBreakdown,
    ScanMonthBreakdown,
)
from pitchbar.analytics.sql.parts import whole
from pitchbar.analytics.sql.rollups import Scope

_DAY = timedelta(days=1)
_MOST_SPANS = 40


def rolled_parts(
    scope: Scope, days: Sequence[date], months: Sequence[date], numbers: Sequence[int]
) -> list[Any]:
    """Args:
    days: in order.
    months: by their first days.
    numbers: of dimensions.
    """
    found: list[Any] = []
    if days:
        found.append(_scans(ScanBreakdown, scope, _on_days(ScanBreakdown.day, days), numbers))
        within = _on_days(ConversionBreakdown.day, days)
        found.append(_conversions(ConversionBreakdown, scope, within, numbers))
    if months:
        within = ScanMonthBreakdown.month.in_(months)
        found.append(_scans(ScanMonthBreakdown, scope, within, numbers))
        within = ConversionMonthBreakdown.month.in_(months)
        found.append(_conversions(ConversionMonthBreakdown, scope, within, numbers))
    return found


def _scans(table: Any, scope: Scope, within: ColumnElement[bool], numbers: Sequence[int]) -> Any:
    return (
        select(
            table.dimension,
            table.value,
            cast(null(), String(3)).label("currency"),
            whole(func.sum(table.hits), "hits"),
            whole(func.sum(table.people), "people"),
            whole(func.sum(table.unique_people), "unique_people"),
            whole(literal(0), "conversions"),
            whole(literal(0), "value_minor"),
        )
        .where(*scope.of(table), within, table.dimension.in_(numbers))
        .group_by(table.dimension, table.value)
    )


def _conversions(
    table: Any, scope: Scope, within: ColumnElement[bool], numbers: Sequence[int]
) -> Any:
    return (
        select(
            table.dimension,
            table.value,
            table.currency,
            *(whole(literal(0), name) for name in ("hits", "people", "unique_people")),
            whole(func.sum(table.conversions), "conversions"),
            whole(func.sum(table.value_minor), "value_minor"),
        )
        .where(*scope.of(table), within, table.dimension.in_(numbers))
        .group_by(table.dimension, table.value, table.currency)
    )


def _on_days(column: Any, days: Sequence[date]) -> ColumnElement[bool]:
    """As spans where they follow each other, so that an index is read in few goes."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][1] == _DAY:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    if len(spans) > _MOST_SPANS:
        within: ColumnElement[bool] = column.in_(days)
        return within
    return or_(false(), *(column.between(first, last) for first, last in spans))
