"""What changed most between two weeks, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pitchbar.analytics.boards.names import name_values
from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Board, Engine, Question
from pitchbar.analytics.filters import Filter
from pitchbar.summaries.turns import clearness, find_turn
from pitchbar.summaries.weeks import WEEK
from pitchbar.workspaces.models import Workspace

_DAY = timedelta(days=1)
# The code goes first, where a country says the same of it.
_LOOKED_AT = ("code", "country")


@dataclass(frozen=True)
class Change:
    """`since` is the day on which it began, or (`is_single`) on which most of it came."""

    kind: str
    name: str
    people: int
    before: int
    since: date
    is_single: bool


@dataclass(frozen=True)
class _Candidate:
    dimension: Dimension
    value: str
    people: int
    before: int

    @property
    def clearness(self) -> float:
        return clearness(self.people, self.before)


def find_change(
    workspace: Workspace, engine: Engine, first: date, now: Board, before: Board
) -> Change | None:
    """None where nothing stands out of what chance does. Raises EngineUnavailable."""
    found = [one for key in _LOOKED_AT for one in _candidates(BY_KEY[key], now, before)]
    most = max(found, key=lambda one: one.clearness, default=None)
    if most is None or not most.clearness:
        return None
    days = _read_days(workspace, engine, first, most)
    turn = find_turn(days)
    name = name_values(workspace, most.dimension, [most.value])[most.value].name
    since = first - WEEK + turn.day * _DAY
    return Change(most.dimension.key, name, most.people, most.before, since, turn.is_single)


def _candidates(dimension: Dimension, now: Board, before: Board) -> Iterator[_Candidate]:
    """Those whose figures of both weeks are known: what is not in a list that was cut is not."""
    lists = [board.breakdowns[dimension.key] for board in (now, before)]
    counts = [{row.value: row.people for row in each.rows if row.value} for each in lists]
    for value in counts[0].keys() | counts[1].keys():
        is_cut = any(
            each.has_more and value not in known for each, known in zip(lists, counts, strict=True)
        )
        if not is_cut:
            yield _Candidate(dimension, value, counts[0].get(value, 0), counts[1].get(value, 0))


def _read_days(workspace: Workspace, engine: Engine, first: date, of: _Candidate) -> list[int]:
    """People of each day of both weeks."""
    span = span_of_days(first - WEEK, first + WEEK - _DAY, "day", workspace.time_zone)
    question = Question(workspace.id, span, (Filter(of.dimension, (of.value,)),))
    return [bucket.people for bucket in engine.read_board(question).series]
