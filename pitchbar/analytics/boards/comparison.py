"""Two codes beside each other: the same span, the same filters, one scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.charts import Chart, draw_chart
from pitchbar.analytics.boards.figures import Figures, compare
from pitchbar.analytics.boards.names import ValueName, name_values
from pitchbar.analytics.boards.pages import State, frame, read_state
from pitchbar.analytics.buckets import span_before_until_now
from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import Board, EngineUnavailable, Metric, Question
from pitchbar.analytics.engines import engine_for
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code, list_code_names
from pitchbar.core.htmx import render
from pitchbar.errors import NotFound
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("comparison", __name__, url_prefix="/w/<slug>/comparison")

_DIMENSIONS = ("country", "device", "language", "referrer")
_ROWS = 7
# A code that is only among the many of the other one has its number all the same.
_READ = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A value of a breakdown: how many of each code, and which part of it, 0 to 1."""

    value: str
    name: ValueName
    counts: tuple[int, int]
    shares: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Side:
    code: Code
    figures: Figures
    chart: Chart


@dataclass(frozen=True, slots=True)
class Comparison:
    """`steps` are those of the first, each with the value of the second beside it."""

    sides: Sequence[Side]
    breakdowns: Sequence[tuple[Dimension, Sequence[Pair]]]


@bp.get("")
@requires("view")
def show(workspace: Workspace) -> Response:
    chosen, missing = _chosen(workspace)
    state = read_state(workspace, url_for("comparison.show", slug=workspace.slug))
    kept = tuple((name, str(code.id)) for name, code in chosen.items())
    state = replace(state, address=replace(state.address, kept=kept))
    compared, status = None, 422 if missing else state.status
    if len(chosen) == 2 and not state.refused:
        try:
            compared = _compare(workspace, [chosen["a"], chosen["b"]], state)
        except EngineUnavailable:
            status = 503
    context: dict[str, Any] = frame(workspace, None, state)
    return render(
        "analytics/comparison.html",
        http_status=status,
        codes=list_code_names(workspace),
        chosen=chosen,
        missing=missing,
        compared=compared,
        **context,
    )


def _chosen(workspace: Workspace) -> tuple[dict[str, Code], dict[str, str]]:
    """The codes by "a" and "b", and what is wrong with which field."""
    found, missing = dict[str, Code](), dict[str, str]()
    for name in ("a", "b"):
        raw = request.args.get(name, "")
        if not raw:
            continue
        try:
            if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
                raise NotFound
            found[name] = get_code(workspace, int(raw))
        except NotFound:
            missing[name] = "This code is not here any more. Choose another."
    if len(found) == 2 and found["a"].id == found["b"].id:
        missing["b"] = "This is the same code. Choose another to compare it with."
        del found["b"]
    return found, missing


def _compare(workspace: Workspace, codes: Sequence[Code], state: State) -> Comparison:
    address, shown = state.address, state.shown
    engine = engine_for(workspace)
    dimensions = [BY_KEY[key] for key in _DIMENSIONS]
    boards, sides = [], []
    for code in codes:
        question = Question(workspace.id, shown.span, address.filters, code.id)
        board = engine.read_board(question, dimensions, metric=address.metric, limit=_READ)
        before = None
        if shown.before:
            earlier = replace(question, span=span_before_until_now(shown.span))
            before = engine.read_totals(earlier)
        chart = draw_chart(workspace, code.id, shown, address.metric, board.series, ())
        boards.append(board)
        sides.append(Side(code, compare(board.totals, before), chart))
    pairs = [(each, _pairs(workspace, each, boards, address)) for each in dimensions]
    return Comparison(sides, [(each, found) for each, found in pairs if found])


def _pairs(
    workspace: Workspace, dimension: Dimension, boards: Sequence[Board], address: Address
) -> Sequence[Pair]:
    """The values with the most of both together."""
    metric: Metric = address.metric
    counted = [
        {row.value: int(getattr(row, metric)) for row in board.breakdowns[dimension.key].rows}
        for board in boards
    ]
    totals = [int(getattr(board.totals, metric)) or 1 for board in boards]
    values = {value for one in counted for value in one}
    ranked = sorted(values, key=lambda value: (-sum(one.get(value, 0) for one in counted), value))
    names = name_values(workspace, dimension, ranked[:_ROWS])
    found = []
    for value in ranked[:_ROWS]:
        first, second = (one.get(value, 0) for one in counted)
        if first or second:
            shares = (first / totals[0], second / totals[1])
            found.append(Pair(value, names[value], (first, second), shares))
    return found
