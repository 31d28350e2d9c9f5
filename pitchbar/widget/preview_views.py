"""What the real widget is given beside an agent's form: the agent as it is typed."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from pitchbar.agents.forms import look_typed
from pitchbar.agents.publication import draft_of
from pitchbar.agents.queries import get_agent
from pitchbar.chat.answering import agent_body
from pitchbar.widget.addresses import own_file
from pitchbar.widget.languages import choose_language
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("widget_preview", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/look")


@bp.post("")
@requires("edit_agents")
def show(workspace: Workspace, agent_id: int) -> Response:
    """As `look` would say it; `words` is the file of its language."""
    config = look_typed(request.form)
    typed = replace(draft_of(get_agent(workspace, agent_id)), config=config)
    language = choose_language((config.language, *request.accept_languages.values()))
    return jsonify(
        agent=agent_body(typed, workspace.time_zone).model_dump(mode="json"),
        language=language,
        words=own_file(f"words-{language}.js"),
    )
