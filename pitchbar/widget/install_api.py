from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.api import TOPIC
from pitchbar.agents.queries import get_agent
from pitchbar.api.endpoints import endpoint
from pitchbar.errors import NotFound
from pitchbar.widget.checking import find_check
from pitchbar.widget.install_payloads import (
    InstallCheckResponse,
    NewInstallCheck,
    check_response,
)
from pitchbar.widget.install_views import limit_checks
from pitchbar.widget.services import start_check
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

bp = Blueprint(
    "widget_install_api",
    __name__,
    url_prefix="/api/v1/workspaces/<slug>/agents/<int:agent_id>/check-install",
)
shared_limit(bp)


@bp.post("")
@requires_token("read-write")
@limit_checks
@endpoint(
    TOPIC,
    body=NewInstallCheck,
    response=InstallCheckResponse,
    status=202,
    errors=(413, 415, 422),
)
def check(workspace: Workspace, agent_id: int, payload: NewInstallCheck) -> InstallCheckResponse:
    """Check a page for an agent

    Looks whether the page carries the agent's snippet, and whether everything lets it show itself.
    It takes a few seconds: ask for the result.
    """
    require_right_of_creator("edit_agents")
    agent = get_agent(workspace, agent_id)
    return check_response(start_check(agent, payload.page_url, current_actor()))


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, response=InstallCheckResponse)
def show(workspace: Workspace, agent_id: int) -> InstallCheckResponse:
    """Get what was found on a page

    Of the last check.
    """
    found = find_check(get_agent(workspace, agent_id))
    if found is None:
        raise NotFound("No page was checked for this agent yet.")
    return check_response(found)
