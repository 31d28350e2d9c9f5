"""From parts to the rows of breakdowns: added up, named, in order, a page of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Breakdown, Metric, Row
from pitchbar.codes.labels.models import CodeLabel

CODE, LABEL = BY_KEY["code"], BY_KEY["label"]
# Their values are named, or taken together, only when they are read, and reasons are counted: so
# all of them are read.
WHOLE = tuple(BY_KEY[key] for key in ("label", "domain", "os", "browser", "reason"))
_SUMS = ("hits", "people", "unique_people", "conversions", "value_minor")


@dataclass(frozen=True, slots=True)
class Page:
    """`is_whole`: all rows, whatever the limit, for a search through them."""

    metric: Metric
    limit: int
    offset: int = 0
    is_whole: bool = False


def ranked(
    dialect: str, parts: Sequence[Select[Any]], page: Page, workspace_id: int, *, with_labels: bool
) -> Select[Any]:
    """Columns: dimension, value, hits, people, unique_people, currency, conversions, value_minor;
    a row for each currency. Steps of the series are all there.
    """
    every: Any = union_all(*parts).cte("parts")
    if with_labels:
        labels = _by_label(every, workspace_id)
        every = union_all(select(every), labels).cte("parts_with_labels")
    figures = {name: func.sum(every.c[name]).label(name) for name in _SUMS[:4]}
    summed = (
        select(every.c.dimension, every.c.value, *figures.values())
        .group_by(every.c.dimension, every.c.value)
        .cte("summed")
    )
    in_order = (
        summed.c[page.metric].desc(),
        summed.c.value.collate("C") if dialect == "postgresql" else summed.c.value,
    )
    place = func.row_number().over(partition_by=summed.c.dimension, order_by=in_order)
    placed = select(summed, place.label("place")).cte("placed")
    worth = (
        select(
            every.c.dimension,
            every.c.value,
            every.c.currency,
            func.sum(every.c.conversions).label("conversions"),
            func.sum(every.c.value_minor).label("value_minor"),
        )
        .where(every.c.currency.is_not(None))
        .group_by(every.c.dimension, every.c.value, every.c.currency)
        .cte("worth")
    )
    is_same = and_(worth.c.dimension == placed.c.dimension, worth.c.value == placed.c.value)
    return (
        select(
            *(placed.c[name] for name in ("dimension", "value", *_SUMS[:3])),
            *(worth.c[name] for name in ("currency", *_SUMS[3:])),
        )
        .select_from(placed.outerjoin(worth, is_same))
        .where(*_on_page(placed, page))
    )


def _on_page(placed: Any, page: Page) -> list[Any]:
    if page.is_whole:
        return []
    whole = placed.c.dimension.in_([one.number for one in WHOLE])
    place = placed.c.place
    here = and_(place > page.offset, place <= page.offset + page.limit + 1)
    return [or_(placed.c.dimension < 0, whole, here)]


def _by_label(parts: Any, workspace_id: int) -> Select[Any]:
    """Of the codes that carry it; unique people are those of each code, added up."""
    label_id = func.coalesce(cast(CodeLabel.label_id, String), "")
    is_on = and_(
        CodeLabel.workspace_id == workspace_id, cast(CodeLabel.code_id, String) == parts.c.value
    )
    names = ("hits", "people", "unique_people", "conversions", "value_minor")
    return (
        select(
            literal(LABEL.number).label("dimension"),
            label_id.label("value"),
            parts.c.currency,
            *(parts.c[name] for name in names),
        )
        .select_from(parts.outerjoin(CodeLabel, is_on))
        .where(parts.c.dimension == CODE.number)
    )


@dataclass(slots=True)
class Sums:
    hits: int = 0
    people: int = 0
    unique_people: int = 0
    worth: dict[str, tuple[int, int]] | None = None

    def add(self, other: "Sums") -> None:
        self.hits += other.hits
        self.people += other.people
        self.unique_people += other.unique_people
        for currency, (count, value) in (other.worth or {}).items():
            self.add_worth(currency, count, value)

    def add_worth(self, currency: str, count: int, value: int) -> None:
        self.worth = self.worth or {}
        before = self.worth.get(currency, (0, 0))
        self.worth[currency] = (before[0] + count, before[1] + value)


# By dimension's number and value.
Found = Mapping[int, Mapping[str, Sums]]


def collect(rows: Iterable[Any]) -> Found:
    """Of what `ranked` selects."""
    found: dict[int, dict[str, Sums]] = defaultdict(dict)
    for number, value, hits, people, unique, currency, count, minor in rows:
        sums = found[number].get(value)
        if sums is None:
            sums = found[number][value] = Sums(int(hits), int(people), int(unique))
        if currency is not None:
            sums.add_worth(currency, int(count), int(minor))
    return found


def breakdown_of(
    dimension: Dimension,
    found: Mapping[str, Sums],
    names: Mapping[str, str],
    page: Page,
    search: str = "",
) -> Breakdown:
    """Args:
    names: what values are called; the others as they are.
    """
    named: dict[str, Sums] = {}
    for value, sums in found.items():
        named.setdefault(names.get(value, value), Sums()).add(sums)
    wanted = search.casefold()
    rows = [_row(value, sums) for value, sums in named.items() if wanted in value.casefold()]
    rows.sort(key=lambda row: (-getattr(row, page.metric), row.value))
    # What the database has left out already is not left out again.
    start = page.offset if page.is_whole or dimension in WHOLE else 0
    shown = rows[start : start + page.limit]
    return Breakdown(dimension, shown, len(rows) > start + len(shown))


def _row(value: str, sums: Sums) -> Row:
    return Row(value, sums.hits, sums.people, sums.unique_people, sums.worth or {})


Parts = CompoundSelect[Any]
