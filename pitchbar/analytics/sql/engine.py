"""The engine on the application's own database, PostgreSQL or SQLite."""

from collections.abc import Sequence

from sqlalchemy import Connection

from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.engine import Board, Breakdown, Metric, Question, Totals
from pitchbar.analytics.sql.asked import Asked, counted_of, read_parts, understand
from pitchbar.analytics.sql.bounded import bounded
from pitchbar.analytics.sql.names import names_of
from pitchbar.analytics.sql.parts import HOURS, STEPS
from pitchbar.analytics.sql.ranking import Found, Page, breakdown_of
from pitchbar.analytics.sql.rollups import count_scope, people_by_hour
from pitchbar.analytics.sql.steps import Counted, hour_at, series_of, totals_of, week_of


class SqlEngine:
    """Totals and series without filters come from the rollups, and so do breakdowns of days that
    are rolled; all else from raw rows of the span.

    Args:
        seconds: after which a question is given up.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def read_board(
        self,
        question: Question,
        dimensions: Sequence[Dimension] = (),
        *,
        metric: Metric = "people",
        limit: int = 9,
        with_week: bool = False,
    ) -> Board:
        asked, page = understand(question), Page(metric, limit)
        with bounded(self._seconds) as connection:
            if asked.conditions:
                return _filtered(connection, asked, dimensions, page, with_week=with_week)
            return _unfiltered(connection, asked, dimensions, page, with_week=with_week)

    def read_totals(self, question: Question) -> Totals:
        return self.read_board(question).totals

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
        asked, page = understand(question), Page(metric, limit, offset, is_whole=bool(search))
        with bounded(self._seconds) as connection:
            found, _ = read_parts(connection, asked, [dimension], page)
            return _breakdown(connection, asked, dimension, found, page, search)


def _filtered(
    connection: Connection,
    asked: Asked,
    dimensions: Sequence[Dimension],
    page: Page,
    *,
    with_week: bool,
) -> Board:
    found, plan = read_parts(
        connection, asked, dimensions, page, with_steps=True, with_hours=with_week
    )
    week: Sequence[Sequence[int]] = ()
    if with_week:
        span = asked.question.span
        hours = found.get(STEPS if span.interval == "hour" else HOURS, {})
        people = {hour_at(int(value)): sums.people for value, sums in hours.items()}
        week = week_of(span.zone, people)
    counted = counted_of(found, plan, asked)
    return _board(connection, asked, dimensions, page, counted, found, week)


def _unfiltered(
    connection: Connection,
    asked: Asked,
    dimensions: Sequence[Dimension],
    page: Page,
    *,
    with_week: bool,
) -> Board:
    span = asked.question.span
    counted = count_scope(connection, asked.scope, span)
    week: Sequence[Sequence[int]] = ()
    if with_week:
        week = week_of(span.zone, people_by_hour(connection, asked.scope, span))
    found: Found = {}
    if dimensions:
        found, _ = read_parts(connection, asked, dimensions, page)
    return _board(connection, asked, dimensions, page, counted, found, week)


def _board(
    connection: Connection,
    asked: Asked,
    dimensions: Sequence[Dimension],
    page: Page,
    counted: Counted,
    found: Found,
    week: Sequence[Sequence[int]],
) -> Board:
    return Board(
        totals_of(counted),
        series_of(asked.question.span, counted),
        {one.key: _breakdown(connection, asked, one, found, page) for one in dimensions},
        week,
    )


def _breakdown(
    connection: Connection,
    asked: Asked,
    dimension: Dimension,
    found: Found,
    page: Page,
    search: str = "",
) -> Breakdown:
    values = found.get(dimension.number, {})
    names = names_of(connection, asked.scope.workspace_id, dimension, values)
    return breakdown_of(dimension, values, names, page, search)
