from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.models import Agent
from pitchbar.agents.payloads import (
    AgentChanges,
    AgentList,
    AgentResponse,
    NewAgent,
    agent_response,
    config_values,
)
from pitchbar.agents.queries import (
    find_published_versions,
    get_agent,
    get_version,
    list_agents_after,
)
from pitchbar.agents.services import (
    create_agent,
    delete_agent,
    publish_agent,
    return_to_version,
    set_access,
    update_agent,
    withdraw_agent,
)
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.core.pagination import encode_cursor
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    32,
    "Agents",
    "What answers visitors from sources.",
    {
        "agent_id": PathParameter("The agent's id.", 3),
        "version": PathParameter("The number of a version.", 4),
    },
)
_RIGHT = "edit_agents"

bp = Blueprint("agents_api", __name__, url_prefix="/api/v1/workspaces/<slug>/agents")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=AgentList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> AgentList:
    """List agents"""
    found = list_agents_after(workspace, query.start(read_id) or 0, query.per_page + 1)
    shown = found[: query.per_page]
    published = find_published_versions(shown)
    return AgentList(
        data=[agent_response(one, published.get(one.id)) for one in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(found) > len(shown) else None,
    )


@bp.post("")
@requires_token("read-write")
@endpoint(
    TOPIC, body=NewAgent, response=AgentResponse, status=201, errors=(402, 409, 413, 415, 422)
)
def create(workspace: Workspace, payload: NewAgent) -> AgentResponse:
    """Make an agent

    A draft; visitors meet it once it is published.
    """
    require_right_of_creator(_RIGHT)
    agent = create_agent(
        workspace,
        current_actor(),
        current_settings(),
        allowed_origins=payload.allowed_origins or (),
        restricted_paths=payload.restricted_paths or (),
        **config_values(payload),
    )
    return _response(agent)


@bp.get("/<int:agent_id>")
@requires_token("read")
@endpoint(TOPIC, response=AgentResponse)
def show(workspace: Workspace, agent_id: int) -> AgentResponse:
    """Get an agent"""
    return _response(get_agent(workspace, agent_id))


@bp.patch("/<int:agent_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=AgentChanges, response=AgentResponse, errors=(413, 415, 422))
def change(workspace: Workspace, agent_id: int, payload: AgentChanges) -> AgentResponse:
    """Change an agent"""
    require_right_of_creator(_RIGHT)
    agent = get_agent(workspace, agent_id)
    if values := config_values(payload):
        update_agent(agent, current_actor(), **values)
    origins, paths = payload.allowed_origins, payload.restricted_paths
    set_access(
        agent,
        current_actor(),
        allowed_origins=agent.allowed_origins if origins is None else origins,
        restricted_paths=agent.restricted_paths if paths is None else paths,
    )
    return _response(agent)


@bp.delete("/<int:agent_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, agent_id: int) -> None:
    """Delete an agent"""
    require_right_of_creator(_RIGHT)
    delete_agent(get_agent(workspace, agent_id), current_actor())


@bp.post("/<int:agent_id>/publication")
@requires_token("read-write")
@endpoint(TOPIC, response=AgentResponse, errors=(409, 422))
def publish(workspace: Workspace, agent_id: int) -> AgentResponse:
    """Publish an agent

    Its draft becomes what visitors meet.
    """
    require_right_of_creator(_RIGHT)
    agent = get_agent(workspace, agent_id)
    publish_agent(agent, current_actor(), current_settings())
    return _response(agent)


@bp.delete("/<int:agent_id>/publication")
@requires_token("read-write")
@endpoint(TOPIC, response=AgentResponse, errors=(409,))
def withdraw(workspace: Workspace, agent_id: int) -> AgentResponse:
    """Take an agent back

    Visitors meet it no longer; its draft and versions stay.
    """
    require_right_of_creator(_RIGHT)
    agent = get_agent(workspace, agent_id)
    withdraw_agent(agent, current_actor())
    return _response(agent)


@bp.post("/<int:agent_id>/versions/<int:version>/return")
@requires_token("read-write")
@endpoint(TOPIC, response=AgentResponse, errors=(409, 422))
def return_to(workspace: Workspace, agent_id: int, version: int) -> AgentResponse:
    """Publish an agent as it was in an earlier version"""
    require_right_of_creator(_RIGHT)
    agent = get_agent(workspace, agent_id)
    return_to_version(agent, get_version(agent, version), current_actor())
    return _response(agent)


def _response(agent: Agent) -> AgentResponse:
    return agent_response(agent, find_published_versions([agent]).get(agent.id))
