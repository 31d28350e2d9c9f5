"""What conversions show on the page of a code and on the overview."""

from flask import render_template, request
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Panel, register_panel
from pitchbar.codes.queries import get_code
from pitchbar.conversions.figures import load_results
from pitchbar.conversions.ingestion import TOPIC
from pitchbar.scans.panels import BoardPanel, register_board_panel
from pitchbar.scans.ranges import Range, find_range
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_panel(Panel(_render_of_code, "main"))
    register_board_panel(BoardPanel(render_results, TOPIC))


def render_results(workspace: Workspace, code_id: int | None, span: Range) -> Markup:
    """The element `conversions`; empty where nothing came yet and nothing is set up for it."""
    results = load_results(workspace, code_id, span)
    page = render_template(
        "conversions/_results.html",
        workspace=workspace,
        code=code_id and get_code(workspace, code_id),
        range=span,
        results=results,
    )
    return Markup(page)  # noqa: S704  # a template has escaped it


def _render_of_code(workspace: Workspace, code: Code) -> Markup:
    return render_results(workspace, code.id, find_range(request.args.get("range")))
