"""The four figures of a board, each compared with the span before."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.analytics.engine import Totals


@dataclass(frozen=True, slots=True)
class Figure:
    """A total. `change` is relative to the span before: 0.12 is 12 % more; None without one.

    `previous` is of the span before, up to the same hour where the last day is not over.
    """

    key: str
    label: str
    value: int
    previous: int | None

    @property
    def change(self) -> float | None:
        if not self.previous:
            return None
        return (self.value - self.previous) / self.previous


@dataclass(frozen=True, slots=True)
class SetApart:
    """Hits of one kind that are counted as no person."""

    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Value:
    """What the conversions of one currency sum up to, in minor units."""

    currency: str
    value_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    people: Figure
    unique_people: Figure
    conversions: Figure
    hits: Figure
    set_apart: Sequence[SetApart]
    values: Sequence[Value]

    @property
    def rate(self) -> float | None:
        """Conversions for each of the people; None without people."""
        return self.conversions.value / self.people.value if self.people.value else None


def compare(now: Totals, before: Totals | None) -> Figures:
    """`before` is None where there is nothing to compare with."""

    def figure(key: str, label: str) -> Figure:
        previous = None if before is None else int(getattr(before, key))
        return Figure(key, label, int(getattr(now, key)), previous)

    return Figures(
        figure("people", "People"),
        figure("unique_people", "Unique people"),
        figure("conversions", "Conversions"),
        figure("hits", "All hits"),
        _set_apart(now),
        _values(now),
    )


def _set_apart(totals: Totals) -> list[SetApart]:
    counts = [
        (totals.robots, ("robot", "robots")),
        (totals.repeats, ("repeat", "repeats")),
        (totals.own, ("of your own", "of your own")),
        (totals.over_limit, ("over the limit", "over the limit")),
    ]
    return [SetApart(count, words[count != 1]) for count, words in counts if count]


def _values(totals: Totals) -> list[Value]:
    """The currency with the most conversions first."""
    found = [Value(name, value, count) for name, (count, value) in totals.worth.items() if name]
    return sorted(found, key=lambda one: (-one.count, one.currency))
