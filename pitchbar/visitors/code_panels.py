"""What a code started, and the latest whom it led to a conversation: on the page of the code."""

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Panel, register_panel
from pitchbar.visitors.figures import Started, list_latest, load_started
from pitchbar.workspaces.models import Workspace

_DAYS = 30


def register() -> None:
    register_panel(Panel(render_code, "main", 30))


def render_code(workspace: Workspace, code: Code) -> Markup:
    """The element `started`; hidden where nobody has talked yet."""
    latest = list_latest(workspace, code.id)
    started = load_started(workspace, _DAYS, [code.id]).get(code.id, Started()) if latest else None
    page = render_template(
        "visitors/_code.html",
        workspace=workspace,
        code=code,
        latest=latest,
        started=started,
        days=_DAYS,
    )
    return Markup(page)  # noqa: S704  # a template has escaped it
