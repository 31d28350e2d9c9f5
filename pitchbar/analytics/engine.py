"""What boards ask, and what they get: the same from each engine that can answer.

Times of a span are whole hours of UTC, or starts of days in the workspace's zone. People and
unique people are scans that nothing sets apart; unique ones are exact for each day of the workspace
and added up over more. A unique person counts in the hour in which the day first saw them. In the
breakdown by label, unique people are those of each of its codes, added up. Conversions count when
they came, with the properties of their scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.filters import Filter

Interval = Literal["hour", "day", "week", "month"]
Metric = Literal["people", "hits", "conversions"]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to before `end`, both in UTC; `first` and `last` are the days in `zone` that
    hold them. Weeks begin on Monday; the first and last week or month may be cut off.
    """

    start: datetime
    end: datetime
    first: date
    last: date
    interval: Interval
    zone: str


@dataclass(frozen=True, slots=True)
class Question:
    """Of one workspace, perhaps of one of its codes, within a span."""

    workspace_id: int
    span: Span
    filters: tuple[Filter, ...] = ()
    code_id: int | None = None


# By currency (empty: without a value): how many conversions, and their sum in minor units.
Worth = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Totals:
    hits: int = 0
    people: int = 0
    unique_people: int = 0
    repeats: int = 0
    own: int = 0
    over_limit: int = 0
    worth: Worth = field(default_factory=dict)

    @property
    def robots(self) -> int:
        return self.hits - self.people - self.repeats - self.own - self.over_limit

    @property
    def conversions(self) -> int:
        return sum(count for count, _ in self.worth.values())


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of a series; `at` is its start."""

    at: datetime
    hits: int = 0
    people: int = 0
    unique_people: int = 0
    conversions: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Of a breakdown. `value` as filters write it (a label's name, a domain's host); empty where
    scans have none.
    """

    value: str
    hits: int
    people: int
    unique_people: int
    worth: Worth = field(default_factory=dict)

    @property
    def conversions(self) -> int:
        return sum(count for count, _ in self.worth.values())


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A page of it, most first; equal ones by their value."""

    dimension: Dimension
    rows: Sequence[Row]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Board:
    """`week` has people by weekday (Monday first) and hour of the workspace's zone, where asked;
    `notice` is a sentence for people about where the figures come from, mostly empty.
    """

    totals: Totals
    series: Sequence[Bucket]
    breakdowns: Mapping[str, Breakdown]
    week: Sequence[Sequence[int]] = ()
    notice: str = ""


class EngineUnavailable(Exception):
    """The engine cannot be asked at this moment."""


class Engine(Protocol):
    """Each raises EngineUnavailable."""

    def read_board(
        self,
        question: Question,
        dimensions: Sequence[Dimension] = (),
        *,
        metric: Metric = "people",
        limit: int = 9,
        with_week: bool = False,
    ) -> Board:
        """All that a page shows, in as few passes as the engine needs. The series has all of its
        buckets, empty ones included.
        """

    def read_totals(self, question: Question) -> Totals: ...

    def read_breakdown(
        self,
        question: Question,
        dimension: Dimension,
        *,
        metric: Metric = "people",
        limit: int = 100,
        offset: int = 0,
        search: str = "",
    ) -> Breakdown:
        """`search` is looked for in the values, whatever its case."""
