"""What features above the scans show beside their figures: panels of a board.

Scans know nothing of those features; whoever has something to show registers it here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class BoardPanel:
    """`render` gives the HTML of one element with an id, for a code or (None) the workspace; empty
    where there is nothing to show.
    `topic` is that of the bus whose messages name `workspaces` and `codes`, as those of scans do.
    """

    render: Callable[[Workspace, int | None], Markup]
    topic: str


_panels: list[BoardPanel] = []


def register_board_panel(panel: BoardPanel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def list_board_panels() -> list[BoardPanel]:
    return list(_panels)
