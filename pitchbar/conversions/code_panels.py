"""What conversions show on the page of a code and on the overview."""

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Panel, register_panel
from pitchbar.codes.queries import get_code
from pitchbar.conversions.figures import load_latest
from pitchbar.conversions.ingestion import TOPIC
from pitchbar.scans.panels import BoardPanel, register_board_panel
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_panel(Panel(_render_of_code, "main"))
    register_board_panel(BoardPanel(render_latest, TOPIC))


def render_latest(workspace: Workspace, code_id: int | None) -> Markup:
    """The element `conversions`; hidden where nothing came yet and nothing is set up for it."""
    page = render_template(
        "conversions/_results.html",
        workspace=workspace,
        code=code_id and get_code(workspace, code_id),
        latest=load_latest(workspace, code_id),
    )
    return Markup(page)  # noqa: S704  # a template has escaped it


def _render_of_code(workspace: Workspace, code: Code) -> Markup:
    return render_latest(workspace, code.id)
