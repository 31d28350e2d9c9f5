"""The playground of an agent."""

from flask import Blueprint, Response, request

from pitchbar.agents.models import Agent
from pitchbar.agents.queries import get_agent
from pitchbar.agents.showing import frame
from pitchbar.answers.fallbacks import why_quoted
from pitchbar.core.htmx import render
from pitchbar.evaluation.playground import (
    DRAFT,
    PUBLISHED,
    Tried,
    read_history,
    served,
    try_it,
    write_history,
)
from pitchbar.sources.queries import count_unread_sources
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("playground", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/playground")
bp.add_app_template_filter(why_quoted)


@bp.get("")
@requires("view")
def show(workspace: Workspace, agent_id: int) -> Response:
    return _render(get_agent(workspace, agent_id), None, "[]", _which(request.args.get("of")))


@bp.post("")
@requires("view")
def ask(workspace: Workspace, agent_id: int) -> Response:
    agent, which = get_agent(workspace, agent_id), _which(request.form.get("of"))
    history = read_history(request.form.get("history", ""))
    tried = try_it(agent, request.form.get("question", ""), which, history)
    return _render(get_agent(workspace, agent_id), tried, write_history(history, tried), which)


def _which(typed: str | None) -> str:
    return PUBLISHED if typed == PUBLISHED else DRAFT


def _render(agent: Agent, tried: Tried | None, history: str, which: str) -> Response:
    said, agent_served = read_history(history), served(agent, which)
    # The newest turn is shown in full, those before it as they were said.
    earlier = said[:-2] if tried is not None and tried.answered is not None else said
    return render(
        "evaluation/playground.html",
        "evaluation/_tried.html",
        tried=tried,
        earlier=earlier,
        history=history,
        which=which,
        config=agent_served.config,
        unread=count_unread_sources(agent.workspace_id, agent_served.source_ids),
        http_status=422 if tried is not None and tried.answered is None else 200,
        **frame(agent),
    )
