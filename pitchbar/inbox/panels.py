"""What rooms above show beside a thread, such as the timeline of its visitor.

add_panel(Panel(10, draw_timeline))
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup

from pitchbar.chat.models import Conversation
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True, order=True)
class Panel:
    """`render` gives the HTML of one element, or nothing; the smallest position stands first."""

    position: int
    render: Callable[[Workspace, Conversation], Markup] = field(compare=False)


_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def draw_panels(workspace: Workspace, conversation: Conversation) -> list[Markup]:
    drawn = (panel.render(workspace, conversation) for panel in sorted(_panels))
    return [one for one in drawn if one]
