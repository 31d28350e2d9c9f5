"""The cards of a board: each has tabs, and each tab ranks the values of one dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pitchbar.analytics.boards.addresses import MAP, Address
from pitchbar.analytics.boards.names import ValueName, name_values
from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Breakdown, Metric, Row
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Layout:
    key: str
    title: str
    tabs: tuple[str, ...]


_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_WHERE = Layout("where", "Where", (MAP, "country", "region", "city", "language"))
_WITH = Layout("with", "With what", ("device", "os", "browser", "reason"))
_FROM = Layout("from", "From where", ("referrer", *_UTM))
OF_WORKSPACE = (
    Layout("what", "What", ("code", "campaign", "label", "rule", "domain")),
    _WHERE,
    _WITH,
    _FROM,
)
OF_CODE = (Layout("what", "What", ("rule", "campaign", "domain")), _WHERE, _WITH, _FROM)
_TAB_LABELS = {
    MAP: "Map",
    "os": "Systems",
    "reason": "Set apart",
    **{name: f"UTM {name.removeprefix('utm_')}" for name in _UTM},
}


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`share` is relative to all of the span, `width` to the first row; both 0 to 1."""

    value: str
    name: ValueName
    count: int
    share: float
    width: float
    people: int
    hits: int
    conversions: int
    is_included: bool
    url: str
    exclude_url: str


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    title: str
    tabs: Sequence[Tab]
    dimension: Dimension
    is_map: bool
    rows: Sequence[ShownRow]
    has_more: bool
    metric: Metric

    @property
    def has_conversions(self) -> bool:
        return self.metric != "conversions" and any(row.conversions for row in self.rows)


def shown_tab(layout: Layout, address: Address) -> str:
    return next((tab for tab in address.tabs if tab in layout.tabs), layout.tabs[0])


def dimension_of(tab: str) -> Dimension:
    """The map is another look at the countries."""
    return BY_KEY["country" if tab == MAP else tab]


def tab_label(tab: str) -> str:
    return _TAB_LABELS.get(tab) or BY_KEY[tab].plural


def metric_of(dimension: Dimension, metric: Metric) -> Metric:
    """Whatever is set apart is no person: of that, only hits can be ranked."""
    return "hits" if dimension.key == "reason" else metric


def build_card(
    workspace: Workspace,
    layout: Layout,
    address: Address,
    breakdown: Breakdown,
    totals: Mapping[Metric, int],
) -> Card:
    shown = shown_tab(layout, address)
    metric = metric_of(breakdown.dimension, address.metric)
    tabs = [
        Tab(tab, tab_label(tab), address.with_tab(tab, layout.tabs).url, tab == shown)
        for tab in layout.tabs
    ]
    # What only robots had is part of the whole list.
    counted = [row for row in breakdown.rows if count_of(row, metric)]
    breakdown = replace(breakdown, rows=counted)
    rows = show_rows(workspace, address, breakdown, metric, totals[metric])
    return Card(
        layout.key,
        layout.title,
        tabs,
        breakdown.dimension,
        shown == MAP,
        rows,
        breakdown.has_more,
        metric,
    )


def show_rows(
    workspace: Workspace, address: Address, breakdown: Breakdown, metric: Metric, total: int
) -> list[ShownRow]:
    dimension = breakdown.dimension
    names = name_values(workspace, dimension, {row.value for row in breakdown.rows})
    most = max((count_of(row, metric) for row in breakdown.rows), default=0) or 1
    return [
        _show(address, dimension, row, names[row.value], metric, most, total)
        for row in breakdown.rows
    ]


def count_of(row: Row, metric: Metric) -> int:
    return int(getattr(row, metric))


def _show(
    address: Address,
    dimension: Dimension,
    row: Row,
    name: ValueName,
    metric: Metric,
    most: int,
    total: int,
) -> ShownRow:
    count = count_of(row, metric)
    is_included = address.has(dimension, row.value)
    clicked = address.without if is_included else address.including
    return ShownRow(
        row.value,
        name,
        count,
        count / total if total else 0.0,
        count / most,
        row.people,
        row.hits,
        row.conversions,
        is_included,
        clicked(dimension, row.value).url,
        address.excluding(dimension, row.value).url,
    )
