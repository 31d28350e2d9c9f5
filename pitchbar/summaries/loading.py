"""What a week came to, read from the figures of the boards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pitchbar.analytics.boards.figures import Figures, compare
from pitchbar.analytics.boards.names import name_values
from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Board, Question
from pitchbar.analytics.engines import engine_for
from pitchbar.chat_analytics.weeks import TalkWeek, read_talk
from pitchbar.summaries.changes import Change, find_change
from pitchbar.summaries.weeks import WEEK
from pitchbar.workspaces.models import Workspace

_DAY = timedelta(days=1)
# So many are compared with the week before; so many are shown.
MOST_COMPARED = 100
_SHOWN = 5
_LISTS = ("code", "country", "device")


@dataclass(frozen=True)
class Day:
    """`before` are people of the same day of the week before."""

    date: date
    people: int
    before: int


@dataclass(frozen=True)
class Ranked:
    """`share` is of all people of the week."""

    name: str
    note: str
    people: int
    share: float


@dataclass(frozen=True)
class Week:
    """`first` and `last` are its Monday and its Sunday."""

    first: date
    last: date
    figures: Figures
    days: Sequence[Day]
    codes: Sequence[Ranked]
    countries: Sequence[Ranked]
    devices: Sequence[Ranked]
    change: Change | None
    talk: TalkWeek | None = None

    @property
    def is_empty(self) -> bool:
        """Neither this week nor the one before had a scan or a conversion, and nobody asked."""
        figures = (self.figures.hits, self.figures.conversions)
        return self.talk is None and not any(figure.value or figure.previous for figure in figures)


def load_week(workspace: Workspace, first: date) -> Week:
    """Raises EngineUnavailable."""
    engine = engine_for(workspace)
    last = first + WEEK - _DAY
    question = Question(workspace.id, span_of_days(first, last, "day", workspace.time_zone))
    span_before = span_of_days(first - WEEK, first - _DAY, "day", workspace.time_zone)
    dimensions = [BY_KEY[key] for key in _LISTS]
    now, before = (
        engine.read_board(one, dimensions, limit=MOST_COMPARED)
        for one in (question, replace(question, span=span_before))
    )
    codes, countries, devices = (_ranked(workspace, one, now) for one in dimensions)
    return Week(
        first,
        last,
        compare(now.totals, before.totals),
        _days(first, now, before),
        codes,
        countries,
        devices,
        find_change(workspace, engine, first, now, before),
        read_talk(workspace.id, question.span),
    )


def _days(first: date, now: Board, before: Board) -> list[Day]:
    return [
        Day(first + number * _DAY, one.people, other.people)
        for number, (one, other) in enumerate(zip(now.series, before.series, strict=True))
    ]


def _ranked(workspace: Workspace, dimension: Dimension, board: Board) -> list[Ranked]:
    rows = [row for row in board.breakdowns[dimension.key].rows if row.people][:_SHOWN]
    names = name_values(workspace, dimension, [row.value for row in rows])
    people = max(board.totals.people, 1)
    return [
        Ranked(names[row.value].name, names[row.value].note, row.people, row.people / people)
        for row in rows
    ]
