"""What boards show on the page of a code."""

from contextlib import suppress

from flask import render_template, url_for
from markupsafe import Markup

from pitchbar.analytics.boards.loading import load_summary, question_of
from pitchbar.analytics.boards.pages import State, frame, read_state
from pitchbar.analytics.boards.recent import load_recent
from pitchbar.analytics.engine import EngineUnavailable
from pitchbar.codes.models import Code
from pitchbar.codes.panels import Panel, register_panel
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_panel(Panel(_render_figures, "main", 1))
    register_panel(Panel(_render_recent, "below", 1))


def _state(workspace: Workspace, code: Code) -> State:
    return read_state(workspace, url_for("codes.show", slug=workspace.slug, code_id=code.id))


def _render_figures(workspace: Workspace, code: Code) -> Markup:
    state = _state(workspace, code)
    board = None
    if not state.refused:
        # Without an answer the page of the code is still of use.
        with suppress(EngineUnavailable):
            board = load_summary(workspace, code.id, state.address, state.shown)
    context = frame(workspace, code, state)
    page = render_template("analytics/_code_figures.html", board=board, **context)
    return Markup(page)  # noqa: S704  # a template has escaped it


def _render_recent(workspace: Workspace, code: Code) -> Markup:
    state = _state(workspace, code)
    question = question_of(workspace, code.id, state.address, state.shown)
    recent = load_recent(workspace, question)
    page = render_template("analytics/_recent.html", code=code, recent=recent)
    return Markup(page)  # noqa: S704  # a template has escaped it
