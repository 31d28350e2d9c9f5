"""What is shown on the page of a code: whether its destinations answer, and since when."""

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Panel, register_panel
from pitchbar.link_health.queries import list_health
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_panel(Panel(render_health, "below", 5))


def render_health(workspace: Workspace, code: Code) -> Markup:
    """The element `link-health`; it draws itself again while a look is under way."""
    links = list_health(code)
    page = render_template("link_health/_health.html", workspace=workspace, code=code, links=links)
    return Markup(page)  # noqa: S704  # a template has escaped it
