from collections.abc import Sequence

from sqlalchemy import func, or_, select

from pitchbar.agents.errors import AgentNotFound, VersionNotFound
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

# A number of 32 bits.
_MOST_VERSIONS = 2**31 - 1


def get_agent(workspace: Workspace, agent_id: int) -> Agent:
    agent = db.session.get(Agent, agent_id) if agent_id <= MAX_ID else None
    if agent is None or agent.workspace_id != workspace.id:
        raise AgentNotFound
    return agent


def count_agents(workspace: Workspace) -> int:
    return count_agents_of([workspace.id]).get(workspace.id, 0)


def count_agents_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """By workspace."""
    query = select(Agent.workspace_id, func.count()).where(Agent.workspace_id.in_(workspace_ids))
    rows = db.session.execute(query.group_by(Agent.workspace_id))
    return {row[0]: row[1] for row in rows}


def list_agents_after(workspace: Workspace, after: int, limit: int) -> Sequence[Agent]:
    """The newest first; those older than the one of that id, where it is not 0."""
    query = select(Agent).where(Agent.workspace_id == workspace.id)
    if after:
        query = query.where(Agent.id < after)
    return db.session.scalars(query.order_by(Agent.id.desc()).limit(limit)).all()


def find_agents(workspace: Workspace, words: str, limit: int) -> Sequence[Agent]:
    """By name, or by the id that pages name."""
    query = select(Agent).where(
        Agent.workspace_id == workspace.id,
        or_(Agent.name.icontains(words, autoescape=True), Agent.public_id == words),
    )
    return db.session.scalars(query.order_by(Agent.name).limit(limit)).all()


def get_version(agent: Agent, number: int) -> AgentVersion:
    version = None
    if number <= _MOST_VERSIONS:
        version = db.session.scalar(
            select(AgentVersion).where(
                AgentVersion.agent_id == agent.id, AgentVersion.number == number
            )
        )
    if version is None:
        raise VersionNotFound
    return version


def find_published_versions(agents: Sequence[Agent]) -> dict[int, AgentVersion]:
    """By agent."""
    ids = [agent.published_version_id for agent in agents if agent.published_version_id]
    found = db.session.scalars(select(AgentVersion).where(AgentVersion.id.in_(ids)))
    return {version.agent_id: version for version in found}


def list_versions(agent: Agent, before: int, limit: int) -> Sequence[AgentVersion]:
    """The newest first; those before that number, where it is not 0."""
    query = select(AgentVersion).where(AgentVersion.agent_id == agent.id)
    if before:
        query = query.where(AgentVersion.number < before)
    return db.session.scalars(query.order_by(AgentVersion.number.desc()).limit(limit)).all()
