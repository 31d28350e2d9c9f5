"""The address of a board holds all that it shows: range, interval, metric, filters and tabs. What
is clicked on is a link to the address that would show it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from pitchbar.analytics.boards.ranges import INTERVALS
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS, Dimension
from pitchbar.analytics.engine import Metric
from pitchbar.analytics.filters import Filter, read_filters, write_filters
from pitchbar.analytics.spans import DEFAULT

METRICS: Mapping[Metric, str] = {
    "people": "People",
    "hits": "Hits",
    "conversions": "Conversions",
}
MAP = "map"
_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Attributes:
    span: what of the query names the range.
    tabs: keys of dimensions, or "map": the tabs that are not the first of their card.
    kept: what else the page's address says, and each of its links keeps.
    """

    path: str
    span: _Pairs = ()
    interval: str = ""
    metric: Metric = "people"
    filters: tuple[Filter, ...] = ()
    tabs: tuple[str, ...] = ()
    kept: _Pairs = ()

    @classmethod
    def read(cls, path: str, arguments: Mapping[str, Sequence[str]]) -> "Address":
        """Raises TooManyFilters."""
        given = {name: values[0] for name, values in arguments.items() if values}
        own_days = given.get("from") or given.get("to")
        names = ("from", "to") if own_days else ("range",)
        span = tuple((name, given[name]) for name in names if given.get(name))
        if span == (("range", DEFAULT.key),):
            span = ()
        interval = given.get("interval", "")
        tabs = arguments.get("tab", ())
        return cls(
            path,
            span,
            interval if interval in INTERVALS else "",
            next((one for one in METRICS if one == given.get("metric")), "people"),
            read_filters(arguments),
            tuple(dict.fromkeys(tab for tab in tabs if tab in BY_KEY or tab == MAP)),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query, always in the same order."""
        metric = self.metric if self.metric != "people" else ""
        single = (*self.kept, *self.span, ("interval", self.interval), ("metric", metric))
        tabs = (("tab", tab) for tab in self.tabs)
        return [*((k, v) for k, v in single if v), *write_filters(self.filters), *tabs]

    @property
    def url(self) -> str:
        return self.at(self.path)

    def at(self, path: str, **further: object) -> str:
        """Another page of the same state."""
        query = urlencode([*self.pairs, *((k, str(v)) for k, v in further.items() if v)])
        return f"{path}?{query}" if query else path

    def pairs_without(self, *names: str) -> list[tuple[str, str]]:
        """For the hidden fields of a form that has these itself."""
        return [(name, value) for name, value in self.pairs if name not in names]

    def with_range(self, key: str) -> "Address":
        return replace(self, span=(("range", key),) if key != DEFAULT.key else (), interval="")

    def with_days(self, first: str, last: str) -> "Address":
        return replace(self, span=(("from", first), ("to", last)), interval="")

    def with_interval(self, interval: str) -> "Address":
        return replace(self, interval=interval)

    def with_metric(self, metric: Metric) -> "Address":
        return replace(self, metric=metric)

    def with_tab(self, tab: str, card: Sequence[str]) -> "Address":
        """`card` are all the tabs of its card, the first of which is shown unless told."""
        others = tuple(each for each in self.tabs if each not in card)
        return replace(self, tabs=others if tab == card[0] else (*others, tab))

    def including(self, dimension: Dimension, value: str) -> "Address":
        return self._changed(dimension, value, is_included=True)

    def excluding(self, dimension: Dimension, value: str) -> "Address":
        return self._changed(dimension, value, is_included=False)

    def without(self, dimension: Dimension, value: str) -> "Address":
        return self._changed(dimension, value, is_included=None)

    def cleared(self) -> "Address":
        return replace(self, filters=())

    def has(self, dimension: Dimension, value: str) -> bool:
        return any(value in each.included for each in self.filters if each.dimension == dimension)

    def _changed(self, dimension: Dimension, value: str, is_included: bool | None) -> "Address":
        """A value is either included or excluded, or neither (None)."""
        found = {each.dimension: each for each in self.filters}
        old = found.get(dimension, Filter(dimension))
        included, excluded = (
            tuple(each for each in group if each != value) for group in (old.included, old.excluded)
        )
        if is_included:
            included = (*included, value)
        elif is_included is False:
            excluded = (*excluded, value)
        found[dimension] = Filter(dimension, included, excluded)
        return replace(self, filters=_in_order(found.values()))


def _in_order(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    kept = [each for each in filters if each.included or each.excluded]
    return tuple(sorted(kept, key=lambda each: DIMENSIONS.index(each.dimension)))
