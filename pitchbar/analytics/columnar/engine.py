"""The engine on ClickHouse: raw rows alone, read once for all that a board shows.

What values are called, which codes carry a label and on which days there is anything stands in the
application's database, which is asked for it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from pitchbar.analytics.columnar.conditions import Conditions
from pitchbar.analytics.columnar.statements import (
    DAY_STEPS,
    EVERY,
    HOUR_STEPS,
    HOURS_OF_WEEK,
    Group,
    conversions_statement,
    first_hours_statement,
    group_of,
    scans_statement,
)
from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.engine import (
    Board,
    Breakdown,
    EngineUnavailable,
    Metric,
    Question,
    Totals,
)
from pitchbar.analytics.sql.asked import Asked, days_with_rows, understand
from pitchbar.analytics.sql.bounded import bounded
from pitchbar.analytics.sql.names import names_of
from pitchbar.analytics.sql.parts import HOURS, STEPS
from pitchbar.analytics.sql.ranking import CODE, LABEL, Page, Sums, breakdown_of
from pitchbar.analytics.sql.slices import Slice, windows_of
from pitchbar.analytics.sql.steps import (
    Counted,
    hour_at,
    number_of,
    series_of,
    totals_of,
    week_of,
)
from pitchbar.clients.scan_store import ScanStore, ScanStoreUnavailable
from pitchbar.codes.labels.models import CodeLabel

_APART = ("repeats", "own", "over_limit")


@dataclass(slots=True)
class Answer:
    """By number of what it is grouped by, and value; `apart` are hits that were set apart."""

    found: dict[int, dict[str, Sums]]
    apart: tuple[int, ...] = (0, 0, 0)

    def at(self, number: int, value: str) -> Sums:
        return self.found[number].setdefault(value, Sums())


class ColumnarEngine:
    """Args:
    seconds: after which a question to the application's database is given up.
    """

    def __init__(self, store: ScanStore, seconds: float) -> None:
        self._store = store
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
        asked, page, span = understand(question), Page(metric, limit), question.span
        by_hour = span.interval == "hour"
        steps = [HOUR_STEPS] if by_hour else [DAY_STEPS, *([HOURS_OF_WEEK] if with_week else [])]
        with bounded(self._seconds) as connection:
            rows = _slice_of(connection, asked)
            answer = self._read(connection, asked, rows, dimensions, steps, page)
            breakdowns = {
                one.key: _breakdown(connection, asked, one, answer, page) for one in dimensions
            }
        counted = _counted(answer, rows, by_hour=by_hour)
        week: Sequence[Sequence[int]] = ()
        if with_week:
            hours = answer.found[STEPS if by_hour else HOURS]
            people = {hour_at(int(value)): sums.people for value, sums in hours.items()}
            week = week_of(span.zone, people)
        return Board(totals_of(counted), series_of(span, counted), breakdowns, week)

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
            rows = _slice_of(connection, asked)
            answer = self._read(connection, asked, rows, [dimension], [], page)
            return _breakdown(connection, asked, dimension, answer, page, search)

    def _read(
        self,
        connection: Connection,
        asked: Asked,
        rows: Slice,
        dimensions: Sequence[Dimension],
        steps: Sequence[Group],
        page: Page,
    ) -> Answer:
        answer = Answer(defaultdict(dict))
        if not rows.windows:
            return answer
        with_labels = any(one.kind == "label" for one in dimensions)
        wanted = [one for one in dimensions if one.kind != "label"]
        if with_labels and CODE not in wanted:
            wanted.append(CODE)
        groups = [*map(group_of, wanted), *steps]
        conditions = Conditions(connection, rows, asked.conditions)
        # Where conversions decide the order, or labels are summed up, all are needed.
        is_whole = page.is_whole or with_labels or page.metric == "conversions"
        try:
            self._add_scans(answer, rows, conditions, groups, None if is_whole else page)
            if HOUR_STEPS in steps:
                self._add_first_hours(answer, rows, conditions, asked)
            self._add_conversions(answer, rows, conditions, groups)
        except ScanStoreUnavailable as error:
            raise EngineUnavailable(str(error)) from error
        if with_labels:
            _add_labels(connection, asked.scope.workspace_id, answer)
        return answer

    def _ask(self, statement: str, conditions: Conditions) -> Sequence[Sequence[Any]]:
        return self._store.query(statement, conditions.parameters)

    def _add_scans(
        self,
        answer: Answer,
        rows: Slice,
        conditions: Conditions,
        groups: Sequence[Group],
        page: Page | None,
    ) -> None:
        statement = scans_statement(rows, conditions, groups, page)
        for number, value, hits, people, unique, *apart in self._ask(statement, conditions):
            if number == EVERY:
                answer.apart = tuple(apart)
            else:
                # Within hours a person is not new in each.
                is_hour = number == HOURS or (number == STEPS and HOUR_STEPS in groups)
                answer.found[number][value] = Sums(hits, people, 0 if is_hour else unique)

    def _add_first_hours(
        self, answer: Answer, rows: Slice, conditions: Conditions, asked: Asked
    ) -> None:
        first = number_of(asked.question.span.start)
        statement = first_hours_statement(rows, conditions, first)
        for hour, unique in self._ask(statement, conditions):
            answer.at(STEPS, str(hour)).unique_people += unique

    def _add_conversions(
        self, answer: Answer, rows: Slice, conditions: Conditions, groups: Sequence[Group]
    ) -> None:
        groups = [one for one in groups if one is not HOURS_OF_WEEK]
        statement = conversions_statement(rows, conditions, groups)
        for number, value, currency, count, minor in self._ask(statement, conditions):
            if number != EVERY:
                answer.at(number, value).add_worth(currency, count, minor)


def _slice_of(connection: Connection, asked: Asked) -> Slice:
    """The rows of the whole span, of those days on which there may be any."""
    span, scope = asked.question.span, asked.scope
    first, last = days_with_rows(connection, scope)
    windows = windows_of(span, first, last) if first and last else ()
    since = span.start if windows and windows[0].start < span.start else None
    return Slice(scope.workspace_id, scope.code_id, windows, since)


def _counted(answer: Answer, rows: Slice, *, by_hour: bool) -> Counted:
    counted = Counted()
    days = {int(window.start.timestamp()): window.day for window in rows.windows}
    for value, sums in answer.found[STEPS].items():
        step: Any = hour_at(int(value)) if by_hour else days[int(value)]
        counted.at(step).add(sums)
    for name, hits in zip(_APART, answer.apart, strict=True):
        counted.set_apart(name, hits)
    return counted


def _add_labels(connection: Connection, workspace_id: int, answer: Answer) -> None:
    """Of the codes that carry each; unique people are those of each code, added up."""
    labels: dict[str, list[str]] = defaultdict(list)
    query = select(CodeLabel.code_id, CodeLabel.label_id)
    mine = CodeLabel.workspace_id == workspace_id
    for code_id, label_id in connection.execute(query.where(mine)):
        labels[str(code_id)].append(str(label_id))
    for code, sums in answer.found[CODE.number].items():
        for label in labels.get(code, [""]):
            answer.at(LABEL.number, label).add(sums)


def _breakdown(
    connection: Connection,
    asked: Asked,
    dimension: Dimension,
    answer: Answer,
    page: Page,
    search: str = "",
) -> Breakdown:
    """Nothing was left out before the page: ClickHouse gives all up to its end."""
    values: Mapping[str, Sums] = answer.found.get(dimension.number, {})
    names = names_of(connection, asked.scope.workspace_id, dimension, values)
    return breakdown_of(dimension, values, names, replace(page, is_whole=True), search)
