"""What features above the leads show beside them; leads know nothing of those features."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from pitchbar.leads.models import Lead
from pitchbar.workspaces.models import Workspace

RenderPanel = Callable[[Workspace, Lead], Markup]


@dataclass(frozen=True)
class Tab:
    """A page beside the list; `endpoint` takes the workspace's slug."""

    endpoint: str
    label: str
    icon: str


_panels: list[RenderPanel] = []
_tabs: list[Tab] = []


def register_panel(render: RenderPanel) -> None:
    """On the page of one lead."""
    if render not in _panels:
        _panels.append(render)


def render_panels(workspace: Workspace, lead: Lead) -> list[Markup]:
    return [render(workspace, lead) for render in _panels]


def add_tab(tab: Tab) -> None:
    if tab not in _tabs:
        _tabs.append(tab)


def list_tabs() -> list[Tab]:
    return list(_tabs)
