"""On PostgreSQL: figures by many dimensions at once, in one pass over the rows.

Most visitors of a day are seen once, and are unique under whatever value their row has. Only of the
others is it looked who they are under each value.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)

from pitchbar.analytics.sql.parts import Key, as_value, union_parts, whole


def scan_parts(dialect: str, seen: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    """In the way that is the quickest for the database; `owner` names a column that figures are
    told apart by as well, and that comes last.
    """
    make = set_parts if dialect == "postgresql" else union_parts
    return make(seen, keys, owner)


def set_parts(seen: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    marked = _marked(seen)
    unique = [key for key in keys if key.is_unique]
    return [_figures(marked, keys, owner), *([_again(marked, unique, owner)] if unique else [])]


def _marked(seen: CTE) -> CTE:
    """With `again`, the visitor who is seen more than once, and `alone`, 1 for one who is not."""
    often = (
        select(seen.c.visitor)
        .where(seen.c.visitor.is_not(None))
        .group_by(seen.c.visitor)
        .having(func.count() > 1)
        .subquery()
    )
    is_alone = and_(seen.c.visitor.is_not(None), often.c.visitor.is_(None))
    return (
        select(
            seen,
            often.c.visitor.label("again"),
            case((is_alone, seen.c.inside), else_=0).label("alone"),
        )
        .select_from(seen.outerjoin(often, often.c.visitor == seen.c.visitor))
        .cte("marked")
        .prefix_with("MATERIALIZED")
    )


def _figures(marked: CTE, keys: Sequence[Key], owner: str) -> Select[Any]:
    columns, owners = [marked.c[key.name] for key in keys], _owners(marked, owner)
    found = (
        select(
            func.grouping(*columns, type_=Integer).label("bits"),
            *columns,
            *owners,
            func.sum(marked.c.inside).label("hits"),
            func.sum(marked.c.inside * marked.c.person).label("people"),
            func.sum(marked.c.alone).label("unique_people"),
        )
        .group_by(func.grouping_sets(*(tuple_(column, *owners) for column in columns)))
        .subquery()
    )
    unique = [key.number for key in keys if key.is_unique]
    number, value, currency = _labelled(found, keys)
    return select(
        number,
        value,
        currency,
        *(whole(found.c[name], name) for name in ("hits", "people")),
        whole(case((number.in_(unique), found.c.unique_people), else_=0), "unique_people"),
        *(whole(literal(0), name) for name in ("conversions", "value_minor")),
        *_owners(found, owner),
    ).where(found.c.hits > 0)


def _again(marked: CTE, keys: Sequence[Key], owner: str) -> Select[Any]:
    """Unique people among those who are seen more than once."""
    names = list(dict.fromkeys([*(key.name for key in keys), *([owner] if owner else [])]))
    rows = (
        select(marked.c.again, marked.c.inside, *(marked.c[name] for name in names))
        .where(marked.c.again.is_not(None))
        .cte("seen_again")
        .prefix_with("MATERIALIZED")
    )
    columns, owners = [rows.c[key.name] for key in keys], _owners(rows, owner)
    sets = (tuple_(column, rows.c.again, *owners) for column in columns)
    by_visitor = (
        select(
            func.grouping(*columns, type_=Integer).label("bits"),
            *columns,
            *owners,
            func.min(rows.c.inside).label("first"),
        )
        .group_by(func.grouping_sets(*sets))
        .subquery()
    )
    number, value, currency = _labelled(by_visitor, keys)
    counted = (
        select(
            number, value, currency, func.sum(by_visitor.c.first).label("unique_people"),
            *_owners(by_visitor, owner),
        )
        .group_by(number, value, *_owners(by_visitor, owner))
        .subquery()
    )  # fmt: skip
    return select(
        *(counted.c[name] for name in ("dimension", "value", "currency")),
        *(whole(literal(0), name) for name in ("hits", "people")),
        whole(counted.c.unique_people, "unique_people"),
        *(whole(literal(0), name) for name in ("conversions", "value_minor")),
        *_owners(counted, owner),
    ).where(counted.c.unique_people > 0)


def _labelled(found: Any, keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    """`bits` has a bit for each column, the first one's the highest; it is 0 where the column is
    grouped by.
    """
    every = 2 ** len(keys) - 1
    masks = [every ^ (1 << (len(keys) - 1 - place)) for place in range(len(keys))]
    numbers = {mask: literal(key.number) for mask, key in zip(masks, keys, strict=True)}
    values = {mask: as_value(found.c[key.name]) for mask, key in zip(masks, keys, strict=True)}
    return [
        case(numbers, value=found.c.bits).label("dimension"),
        case(values, value=found.c.bits).label("value"),
        cast(null(), String(3)).label("currency"),
    ]


def _owners(rows: Any, owner: str) -> list[ColumnElement[Any]]:
    return [rows.c[owner]] if owner else []
