"""Agents for tests, of any feature."""

from typing import Any

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.agents.publication import ServedAgent, draft_of
from pitchbar.core.tokens import new_agent_id
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def make_agent(
    workspace: Workspace,
    *,
    is_published: bool = True,
    allowed_origins: tuple[str, ...] = ("https://shop.example",),
    restricted_paths: tuple[str, ...] = (),
    **config: Any,
) -> Agent:
    """`config` takes the fields of `AgentConfig`."""
    made = AgentConfig(**{"name": "Helper", **config})
    agent = Agent(
        workspace_id=workspace.id,
        public_id=new_agent_id(),
        name=made.name,
        draft=made.stored(),
        allowed_origins=list(allowed_origins),
        restricted_paths=list(restricted_paths),
    )
    db.session.add(agent)
    db.session.flush()
    if is_published:
        version = AgentVersion(
            workspace_id=workspace.id, agent_id=agent.id, number=1, config=made.stored()
        )
        db.session.add(version)
        db.session.flush()
        agent.published_version_id = version.id
    db.session.commit()
    return agent


def serve_draft(workspace: Workspace, **config: Any) -> ServedAgent:
    return draft_of(make_agent(workspace, **config))
