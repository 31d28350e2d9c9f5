"""What a public page shows: totals, a chart, and the first rows of some breakdowns."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.analytics.boards.names import ValueName, name_values
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import Breakdown, EngineUnavailable, Question, Totals
from pitchbar.analytics.engines import engine_for
from pitchbar.analytics.spans import PRESETS, Preset, read_span
from pitchbar.codes.models import Code
from pitchbar.core.charts import TimeSeries, time_series
from pitchbar.workspaces.models import Workspace

RANGES = tuple(preset for preset in PRESETS if preset.key in ("7d", "30d", "90d", "12m"))
_ROWS = 6


@dataclass(frozen=True)
class Step:
    label: str
    value: int


@dataclass(frozen=True)
class PublicRow:
    name: ValueName
    people: int
    # Of the first row, 0 to 1.
    width: float


@dataclass(frozen=True)
class PublicBreakdown:
    label: str
    rows: Sequence[PublicRow]


@dataclass(frozen=True)
class PublicBoard:
    totals: Totals
    steps: Sequence[Step]
    chart: TimeSeries
    breakdowns: Sequence[PublicBreakdown]


def read_public_board(
    workspace: Workspace, code: Code, shows: Sequence[str], preset: Preset
) -> PublicBoard | None:
    """None when the figures cannot be read at this moment."""
    span = read_span({"range": preset.key}, workspace.time_zone).span
    dimensions = [BY_KEY[key] for key in shows if key in BY_KEY]
    question = Question(workspace.id, span, code_id=code.id)
    try:
        board = engine_for(workspace).read_board(question, dimensions, limit=_ROWS)
    except EngineUnavailable:
        return None
    steps = [Step(f"{one.at:%b} {one.at.day}", one.people) for one in board.series]
    return PublicBoard(
        board.totals,
        steps,
        time_series(steps, is_going_on=True),
        [_breakdown(workspace, board.breakdowns[each.key]) for each in dimensions],
    )


def _breakdown(workspace: Workspace, found: Breakdown) -> PublicBreakdown:
    names = name_values(workspace, found.dimension, [row.value for row in found.rows])
    most = max((row.people for row in found.rows), default=0) or 1
    rows = [
        PublicRow(names[row.value], row.people, row.people / most)
        for row in found.rows
        if row.people
    ]
    return PublicBreakdown(found.dimension.plural, rows)
