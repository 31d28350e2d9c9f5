"""Two engines as one: rollups answer what they hold, ClickHouse what they do not, and each stands
in for the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.engine import (
    Board,
    Breakdown,
    Engine,
    EngineUnavailable,
    Metric,
    Question,
    Span,
    Totals,
)

T = TypeVar("T")
AWAY = (
    "The store for large numbers of scans does not answer at the moment. These figures come from "
    "the database: they are complete, and may take longer."
)
FILLING = (
    "The store for large numbers of scans is still being filled. These figures come from the "
    "database: they are complete, and may take longer."
)


class LayeredEngine:
    """Args:
    rollups: the application's own database, which knows everything.
    rows: quick at raw rows.
    is_complete: whether `rows` has all of a span.
    """

    def __init__(self, rollups: Engine, rows: Engine, is_complete: Callable[[Span], bool]) -> None:
        self._rollups = rollups
        self._rows = rows
        self._is_complete = is_complete

    def read_board(
        self,
        question: Question,
        dimensions: Sequence[Dimension] = (),
        *,
        metric: Metric = "people",
        limit: int = 9,
        with_week: bool = False,
    ) -> Board:
        board, notice = self._ask(
            question,
            lambda engine: engine.read_board(
                question, dimensions, metric=metric, limit=limit, with_week=with_week
            ),
        )
        return replace(board, notice=notice) if notice else board

    def read_totals(self, question: Question) -> Totals:
        return self._ask(question, lambda engine: engine.read_totals(question))[0]

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
        return self._ask(
            question,
            lambda engine: engine.read_breakdown(
                question, dimension, metric=metric, limit=limit, offset=offset, search=search
            ),
        )[0]

    def _ask(self, question: Question, ask: Callable[[Engine], T]) -> tuple[T, str]:
        """The answer, and what is to be said of it."""
        if not question.filters:
            try:
                return ask(self._rollups), ""
            except EngineUnavailable:
                if not self._is_complete(question.span):
                    raise
                return ask(self._rows), ""
        if not self._is_complete(question.span):
            return ask(self._rollups), FILLING
        try:
            return ask(self._rows), ""
        except EngineUnavailable:
            return ask(self._rollups), AWAY
