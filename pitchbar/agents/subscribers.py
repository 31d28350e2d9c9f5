from sqlalchemy import delete

from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db


def register() -> None:
    subscribe("workspace.purged", delete_agents)


def delete_agents(event: Event) -> None:
    """All of the workspace, with what was published of them."""
    workspace_id = int(event.subject.id)
    for model in (AgentVersion, Agent):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
