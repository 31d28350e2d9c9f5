"""Figures by dimension and value, as SQL: from raw rows and from rollups, in the same columns, so
that they can be added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from pitchbar.analytics.dimensions import Dimension

# Beside the dimensions, whose numbers begin with 1: steps of the series, and hours.
STEPS, HOURS, FIRST_HOURS, CONVERSION_STEPS = -1, -2, -3, -4


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are grouped by: a column.

    Attributes:
        number: of the dimension, or one of those above.
        is_unique: whether unique people are counted.
    """

    number: int
    name: str
    is_unique: bool = True


def key_of(dimension: Dimension) -> Key:
    return Key(dimension.number, dimension.key)


def as_value(column: ColumnElement[Any]) -> ColumnElement[str]:
    """As text, empty where there is none."""
    return func.coalesce(cast(column, String), "")


def scan_figures(seen: Any) -> dict[str, ColumnElement[int]]:
    """Hits, people, and people who are known by a visitor; of rows `inside`, where some are not."""
    if "inside" not in seen.c:
        return {
            "hits": func.count(),
            "people": func.sum(seen.c.person),
            "known": func.count(seen.c.visitor),
        }
    known = case((seen.c.visitor.is_not(None), seen.c.inside), else_=0)
    return {
        "hits": func.sum(seen.c.inside),
        "people": func.sum(seen.c.inside * seen.c.person),
        "known": func.sum(known),
    }


def first_inside(seen: Any) -> ColumnElement[int]:
    """Of a visitor: 1 where the day saw them first within the span, 0 where it was before."""
    return func.min(seen.c.inside) if "inside" in seen.c else literal(1)


def grouped_scans(
    seen: CTE, number: int, value: ColumnElement[Any], *owner: ColumnElement[Any]
) -> Select[Any]:
    """In two levels, by visitor first: counting distinct ones would sort all rows.

    Args:
        owner: a column that figures are told apart by as well; it comes last.
    """
    figures = scan_figures(seen)
    by_visitor = (
        select(
            value.label("value"),
            figures["hits"].label("hits"),
            figures["people"].label("people"),
            first_inside(seen).label("unique_people"),
            seen.c.visitor,
            *owner,
        )
        .group_by(value, seen.c.visitor, *owner)
        .subquery()
    )
    unique = func.sum(by_visitor.c.unique_people).filter(by_visitor.c.visitor.is_not(None))
    hits = func.sum(by_visitor.c.hits)
    owned = [by_visitor.c[str(column.key)] for column in owner]
    return (
        select(
            _number(number),
            by_visitor.c.value,
            cast(null(), String(3)).label("currency"),
            whole(hits, "hits"),
            whole(func.sum(by_visitor.c.people), "people"),
            whole(func.coalesce(unique, 0), "unique_people"),
            whole(literal(0), "conversions"),
            whole(literal(0), "value_minor"),
            *owned,
        )
        .group_by(by_visitor.c.value, *owned)
        .having(hits > 0)
    )


def counted_scans(seen: CTE, number: int, value: ColumnElement[Any]) -> Select[Any]:
    """Without unique people."""
    figures = scan_figures(seen)
    return (
        select(
            _number(number),
            value.label("value"),
            cast(null(), String(3)).label("currency"),
            whole(figures["hits"], "hits"),
            whole(figures["people"], "people"),
            whole(literal(0), "unique_people"),
            whole(literal(0), "conversions"),
            whole(literal(0), "value_minor"),
        )
        .group_by(value)
        .having(figures["hits"] > 0)
    )


def first_hours(seen: CTE, first_hour: int) -> Any:
    """Unique people by the hour in which their day saw them first."""
    firsts = (
        select(func.min(seen.c.hour).label("hour"))
        .where(seen.c.visitor.is_not(None))
        .group_by(seen.c.visitor)
        .subquery()
    )
    return (
        select(
            _number(FIRST_HOURS),
            cast(firsts.c.hour, String).label("value"),
            cast(null(), String(3)).label("currency"),
            *(whole(literal(0), name) for name in ("hits", "people")),
            whole(func.count(), "unique_people"),
            *(whole(literal(0), name) for name in ("conversions", "value_minor")),
        )
        .where(firsts.c.hour >= first_hour)
        .group_by(firsts.c.hour)
    )


def grouped_conversions(
    told: CTE, number: int, value: ColumnElement[Any], *owner: ColumnElement[Any]
) -> Select[Any]:
    return select(
        _number(number),
        value.label("value"),
        told.c.currency,
        *(whole(literal(0), name) for name in ("hits", "people", "unique_people")),
        whole(func.count(), "conversions"),
        whole(func.sum(told.c.value_minor), "value_minor"),
        *owner,
    ).group_by(value, told.c.currency, *owner)


def _number(number: int) -> ColumnElement[int]:
    return cast(literal(number), SmallInteger).label("dimension")


def whole(figure: ColumnElement[Any], name: str) -> ColumnElement[int]:
    return cast(figure, BigInteger).label(name)


def union_parts(seen: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    """A pass for each key, for databases that have no grouping sets."""
    owners = [seen.c[owner]] if owner else []
    return [
        grouped_scans(seen, key.number, as_value(seen.c[key.name]), *owners)
        if key.is_unique
        else counted_scans(seen, key.number, as_value(seen.c[key.name]))
        for key in keys
    ]


def conversion_parts(told: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    owners = [told.c[owner]] if owner else []
    return [
        grouped_conversions(told, key.number, as_value(told.c[key.name]), *owners) for key in keys
    ]
