"""What features above the scans show beside their figures: panels of a board, and the total that
the API tells of what came of them.

Scans know nothing of those features; whoever has something to show registers it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from pitchbar.scans.queries import Point
from pitchbar.workspaces.models import Workspace

CountConversions = Callable[[Workspace, int, str, datetime, datetime], int]


@dataclass(frozen=True)
class BoardPanel:
    """`render` gives the HTML of one element with an id, for a code or (None) the workspace; empty
    where there is nothing to show.
    `topic` is that of the bus whose messages name `workspaces` and `codes`, as those of scans do.
    """

    render: Callable[[Workspace, int | None], Markup]
    topic: str


_panels: list[BoardPanel] = []
_counters: list[CountConversions] = []


def register_board_panel(panel: BoardPanel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def register_conversions(count: CountConversions) -> None:
    """`count` gets workspace, code id, "day" or "hour", and the start of the first and the last of
    them.
    """
    _counters[:] = [count]


def list_board_panels() -> list[BoardPanel]:
    return list(_panels)


def count_conversions(
    workspace: Workspace, code_id: int, interval: str, points: list[Point]
) -> int:
    first, last = points[0].at, points[-1].at
    return sum(count(workspace, code_id, interval, first, last) for count in _counters)
