from sqlalchemy import delete, select

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.agents.queries import count_agents_of
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.retrieval.audit import Reader, register_readers
from pitchbar.workspaces.plan_usage import declare_standing
from pitchbar.workspaces.plans import AGENTS


def register() -> None:
    subscribe("workspace.purged", delete_agents)
    register_readers(list_readers)
    declare_standing(AGENTS, count_agents_of)


def list_readers() -> list[Reader]:
    """Each agent with the sources of what visitors meet, else of its draft."""
    rows = db.session.execute(
        select(Agent, AgentVersion)
        .outerjoin(AgentVersion, AgentVersion.id == Agent.published_version_id)
        .order_by(Agent.id)
    )
    return [
        Reader(
            f"workspace {agent.workspace_id}, agent {agent.public_id}",
            agent.workspace_id,
            AgentConfig.of(version.config if version else agent.draft).source_ids,
        )
        for agent, version in rows
    ]


def delete_agents(event: Event) -> None:
    """All of the workspace, with what was published of them."""
    workspace_id = int(event.subject.id)
    for model in (AgentVersion, Agent):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
