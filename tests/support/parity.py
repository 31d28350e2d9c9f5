"""Whether two engines say the same: every breakdown under many filters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from pitchbar.analytics.buckets import span_of_days, span_of_hours
from pitchbar.analytics.dimensions import DIMENSIONS, Dimension
from pitchbar.analytics.engine import Board, Engine, Metric, Question, Span
from tests.support.made_up_scans import HOSTILE, MadeUp

Given = Mapping[str, list[str]]


@dataclass
class Parity:
    """How many breakdowns were compared, and which differ."""

    compared: int = 0
    unequal: list[str] = field(default_factory=list)

    def compare(
        self, first: Engine, second: Engine, question: Question, metric: Metric = "people"
    ) -> None:
        """A board with all dimensions: totals, series and week count as one more."""
        asked = {"metric": metric, "limit": 5, "with_week": True}
        boards = [
            engine.read_board(question, DIMENSIONS, **asked)  # type: ignore[arg-type]  # of several kinds
            for engine in (first, second)
        ]
        self.compared += len(DIMENSIONS) + 1
        self.unequal += [f"{part} of {question}" for part in _differences(*boards)]

    def compare_page(
        self, first: Engine, second: Engine, question: Question, dimension: Dimension, search: str
    ) -> None:
        pages = [
            engine.read_breakdown(question, dimension, limit=3, offset=2, search=search)
            for engine in (first, second)
        ]
        self.compared += 1
        if pages[0] != pages[1]:
            self.unequal.append(f"{dimension.key} ({search}) of {question}")


def _differences(one: Board, other: Board) -> Iterator[str]:
    if (one.totals, list(one.series), one.week) != (other.totals, list(other.series), other.week):
        yield "totals, series or week"
    for key, breakdown in one.breakdowns.items():
        if breakdown != other.breakdowns[key]:
            yield key


def parity_spans(zone: str) -> list[Span]:
    """Of the days around the last of October, when clocks go back in Berlin."""
    whole = span_of_days(date(2026, 10, 22), date(2026, 10, 30), "day", zone)
    return [
        whole,
        span_of_days(date(2026, 10, 24), date(2026, 10, 27), "week", zone),
        span_of_days(date(2026, 10, 25), date(2026, 10, 25), "hour", zone),
        span_of_days(date(2026, 10, 1), date(2026, 11, 30), "month", zone),
        span_of_hours(whole.start.replace(day=23), whole.start.replace(day=25, hour=3), zone),
        span_of_days(date(1970, 1, 1), date(2069, 12, 31), "month", zone),
    ]


def filters_of_each_dimension(world: MadeUp) -> list[Given]:
    """One value, all but one, none, and something that nobody has."""
    found: list[Given] = []
    for dimension in DIMENSIONS:
        value, another = _values(world, dimension)
        found += [
            {dimension.key: [value]},
            {dimension.key: [f"!{value}"]},
            {dimension.key: [another, ""]},
            {dimension.key: ["!", "!nobody has this", "999999999"]},
        ]
    return found


def filters_of_pairs(world: MadeUp) -> list[Given]:
    """Each two dimensions, one included and one excluded."""
    return [
        {one.key: [_values(world, one)[0]], other.key: [f"!{_values(world, other)[1]}"]}
        for one, other in combinations(DIMENSIONS, 2)
    ]


def special_filters() -> list[Given]:
    return [
        {"country": ["DE", "AT"], "device": ["!phone"], "os": ["!macOS"]},
        {"label": ["!Straße 100%"], "rule": ["7", ""], "campaign": ["!spring"]},
        {f"utm_{name}": list(HOSTILE[2:]) for name in ("source", "term")},
        {"utm_medium": [f"!{text}" for text in HOSTILE], "city": ["!Wien", "!"]},
        {"city": [f"nobody {number}" for number in range(150)] + ["İstanbul"]},
        {"domain": ["go1.example", "GO2.example", "987654"], "reason": ["", "repeat"]},
        {"code": ["0", "-1", "1e3", "9" * 30, "\ud800"]},
    ]


def _values(world: MadeUp, dimension: Dimension) -> Sequence[str]:
    if dimension.kind == "code":
        return str(world.codes[0]), str(world.codes[1])
    if dimension.kind == "label":
        return "print", "Straße 100%"
    if dimension.kind == "rule":
        return "7", "70"
    if dimension.kind == "domain":
        return "go1.example", "987654"
    of_texts = {
        "country": ("DE", "AT"),
        "region": ("Bayern", "Wien"),
        "city": ("München", "İstanbul"),
        "language": ("de", "de-CH"),
        "device": ("phone", "tablet"),
        "os": ("macOS", "Android"),
        "browser": ("Safari", "Google app"),
        "campaign": ("spring", "Spring"),
        "reason": ("repeat", "over_limit"),
    }
    values: Sequence[str] = of_texts.get(dimension.key, HOSTILE[:2])
    return values
