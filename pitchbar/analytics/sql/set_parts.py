"""On PostgreSQL: figures by many dimensions at once, in one pass over the rows.

Most visitors of a day are seen once, and are unique under whatever value their row has. So each row
of a person counts as a unique one at first; of those who are seen again it is looked who they are
under each value, and what was too much is taken off.

Grouping costs by the row and by the group, so rows are first grouped by dimensions that go along
with each other, such as country and city: there are few such groups, and each dimension is added up
from them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)

from pitchbar.analytics.sql.parts import (
    Key,
    as_value,
    first_inside,
    scan_figures,
    union_parts,
    whole,
)
from pitchbar.core.utm import UTM_NAMES


def scan_parts(dialect: str, seen: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    """In the way that is the quickest for the database; `owner` names a column that figures are
    told apart by as well, and that comes last.
    """
    make = set_parts if dialect == "postgresql" else union_parts
    return make(seen, keys, owner)


# By what dimensions go along with each other; those that are not named are by themselves.
_CLUSTERS = (
    ("code", "campaign", "rule", "domain"),
    ("country", "region", "city"),
    ("language", "device", "os", "browser"),
    ("referrer", *(f"utm_{name}" for name in UTM_NAMES)),
    ("step", "hour", "reason"),
)
_CLUSTER_OF = {name: place for place, names in enumerate(_CLUSTERS) for name in names}


def set_parts(seen: CTE, keys: Sequence[Key], owner: str = "") -> list[Select[Any]]:
    clusters: dict[int | str, list[Key]] = {}
    for key in keys:
        clusters.setdefault(_CLUSTER_OF.get(key.name, key.name), []).append(key)
    unique = [key for key in keys if key.is_unique]
    figures = [_figures(seen, cluster, owner) for cluster in clusters.values()]
    return [*figures, *([_too_much(seen, unique, owner)] if unique else [])]


def _figures(seen: CTE, keys: Sequence[Key], owner: str) -> Select[Any]:
    together = _taken_together(seen, keys, owner)
    columns, owners = [together.c[key.name] for key in keys], _owners(together, owner)
    found = (
        select(
            func.grouping(*columns, type_=Integer).label("bits"),
            *columns,
            *owners,
            *(func.sum(together.c[name]).label(name) for name in scan_figures(seen)),
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
        whole(case((number.in_(unique), found.c.known), else_=0), "unique_people"),
        *(whole(literal(0), name) for name in ("conversions", "value_minor")),
        *_owners(found, owner),
    ).where(found.c.hits > 0)


def _taken_together(seen: CTE, keys: Sequence[Key], owner: str) -> Any:
    names = dict.fromkeys([key.name for key in keys] + ([owner] if owner else []))
    columns = [seen.c[name] for name in names]
    figures = (figure.label(name) for name, figure in scan_figures(seen).items())
    return select(*columns, *figures).group_by(*columns).subquery()


def _too_much(seen: CTE, keys: Sequence[Key], owner: str) -> Select[Any]:
    """Of each value, less than nothing: the rows beyond the first of each visitor, and the first as
    well where it was before the span.
    """
    rows = _seen_again(seen, keys, owner)
    columns, owners = [rows.c[key.name] for key in keys], _owners(rows, owner)
    by_visitor = (
        select(
            func.grouping(*columns, type_=Integer).label("bits"),
            *columns,
            *owners,
            (first_inside(rows) - scan_figures(rows)["hits"]).label("less"),
        )
        .group_by(func.grouping_sets(*(tuple_(one, rows.c.visitor, *owners) for one in columns)))
        .subquery()
    )
    number, value, currency = _labelled(by_visitor, keys)
    owners = _owners(by_visitor, owner)
    counted = (
        select(number, value, currency, func.sum(by_visitor.c.less).label("less"), *owners)
        .group_by(number, value, *owners)
        .subquery()
    )
    return select(
        *(counted.c[name] for name in ("dimension", "value", "currency")),
        *(whole(literal(0), name) for name in ("hits", "people")),
        whole(counted.c.less, "unique_people"),
        *(whole(literal(0), name) for name in ("conversions", "value_minor")),
        *_owners(counted, owner),
    ).where(counted.c.less < 0)


def _seen_again(seen: CTE, keys: Sequence[Key], owner: str) -> CTE:
    often = (
        select(seen.c.visitor)
        .where(seen.c.visitor.is_not(None))
        .group_by(seen.c.visitor)
        .having(func.count() > 1)
        .subquery()
    )
    names = [key.name for key in keys] + ([owner] if owner else [])
    names += [name for name in ("visitor", "person", "inside") if name in seen.c]
    return (
        select(*(seen.c[name] for name in dict.fromkeys(names)))
        .select_from(seen.join(often, often.c.visitor == seen.c.visitor))
        .cte("seen_again")
        .prefix_with("MATERIALIZED")
    )


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
