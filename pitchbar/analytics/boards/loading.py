"""All that a board shows, read in as few questions as the engine needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.cards import (
    OF_CODE,
    OF_WORKSPACE,
    Card,
    Layout,
    build_card,
    dimension_of,
    shown_tab,
)
from pitchbar.analytics.boards.charts import Chart, draw_chart
from pitchbar.analytics.boards.figures import Figures, compare
from pitchbar.analytics.boards.ranges import Range
from pitchbar.analytics.boards.weeks import Week, draw_week
from pitchbar.analytics.boards.world import World, draw_world
from pitchbar.analytics.buckets import span_before, span_before_until_now
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import Board, Breakdown, Engine, Metric, Question, Totals
from pitchbar.analytics.engines import engine_for
from pitchbar.workspaces.models import Workspace

ROWS = 7
# A map shows all of them.
_COUNTRIES = 300


@dataclass(frozen=True, slots=True)
class Summary:
    """What a page with little room shows. `notice` says where its figures come from, where that is
    worth a word.
    """

    figures: Figures
    chart: Chart
    notice: str


@dataclass(frozen=True, slots=True)
class FullBoard(Summary):
    """`world` only where the map is chosen."""

    cards: Sequence[Card]
    week: Week
    world: World | None


def question_of(
    workspace: Workspace, code_id: int | None, address: Address, shown: Range
) -> Question:
    return Question(workspace.id, shown.span, address.filters, code_id)


def load_summary(
    workspace: Workspace, code_id: int | None, address: Address, shown: Range
) -> Summary:
    engine = engine_for(workspace)
    question = question_of(workspace, code_id, address, shown)
    return _summary(workspace, engine, question, engine.read_board(question), address, shown)


def load_board(
    workspace: Workspace, code_id: int | None, address: Address, shown: Range
) -> FullBoard:
    engine = engine_for(workspace)
    question = question_of(workspace, code_id, address, shown)
    layouts = OF_WORKSPACE if code_id is None else OF_CODE
    has_map = any(shown_tab(layout, address) == "map" for layout in layouts)
    wanted = {dimension_of(shown_tab(layout, address)).key for layout in layouts}
    board = engine.read_board(
        question,
        [BY_KEY[key] for key in sorted(wanted - {"reason"})],
        metric=address.metric,
        limit=_COUNTRIES if has_map else ROWS,
        with_week=True,
    )
    found = dict(board.breakdowns)
    if "reason" in wanted:
        found["reason"] = _read_reasons(engine, question)
    summary = _summary(workspace, engine, question, board, address, shown)
    cards = [_card(workspace, layout, address, found, board.totals) for layout in layouts]
    world = next((draw_world(card.rows) for card in cards if card.is_map), None)
    week = draw_week(board.week)
    return FullBoard(summary.figures, summary.chart, summary.notice, cards, week, world)


def _summary(
    workspace: Workspace,
    engine: Engine,
    question: Question,
    board: Board,
    address: Address,
    shown: Range,
) -> Summary:
    before: Board | None = None
    totals: Totals | None = None
    if shown.before:
        earlier = replace(question, span=span_before(question.span))
        before = engine.read_board(earlier)
        until_now = span_before_until_now(question.span)
        is_cut = until_now.end != earlier.span.end
        totals = engine.read_totals(replace(question, span=until_now)) if is_cut else before.totals
    chart = draw_chart(
        workspace,
        question.code_id,
        shown,
        address.metric,
        board.series,
        before.series if before else (),
    )
    return Summary(compare(board.totals, totals), chart, board.notice)


def _read_reasons(engine: Engine, question: Question) -> Breakdown:
    """People are set apart as nothing: they are the figure, not one of its remainders."""
    found = engine.read_breakdown(question, BY_KEY["reason"], metric="hits", limit=ROWS + 1)
    rows = [row for row in found.rows if row.value]
    return Breakdown(found.dimension, rows[:ROWS], found.has_more or len(rows) > ROWS)


def _card(
    workspace: Workspace,
    layout: Layout,
    address: Address,
    found: dict[str, Breakdown],
    totals: Totals,
) -> Card:
    tab = shown_tab(layout, address)
    breakdown = found[dimension_of(tab).key]
    if tab != "map" and len(breakdown.rows) > ROWS:
        breakdown = replace(breakdown, rows=breakdown.rows[:ROWS], has_more=True)
    return build_card(workspace, layout, address, breakdown, totals_by_metric(totals))


def totals_by_metric(totals: Totals) -> dict[Metric, int]:
    return {
        "people": totals.people,
        "hits": totals.hits,
        "conversions": totals.conversions,
    }
