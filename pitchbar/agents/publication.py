"""Agents as visitors meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, select

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.extensions import db


@dataclass(frozen=True)
class ServedAgent:
    """An agent with one of its versions, or with its draft (`version` is None then)."""

    agent_id: int
    workspace_id: int
    public_id: str
    version: int | None
    config: AgentConfig
    allowed_origins: tuple[str, ...] = ()
    restricted_paths: tuple[str, ...] = ()
    has_page: bool = True

    @property
    def source_ids(self) -> Sequence[int] | None:
        return self.config.source_ids


def find_published(public_id: str) -> ServedAgent | None:
    """None also where it is a draft only."""
    row = db.session.execute(_published(), {"public_id": public_id}).one_or_none()
    return _served(row[0], row[1].config, row[1].number) if row else None


# Each call of a widget runs it; making it takes as long.
@cache
def _published() -> Select[Agent, AgentVersion]:
    return (
        select(Agent, AgentVersion)
        .join(AgentVersion, AgentVersion.id == Agent.published_version_id)
        .where(Agent.public_id == bindparam("public_id"))
    )


def draft_of(agent: Agent) -> ServedAgent:
    """As it would be if it were published now."""
    return _served(agent, agent.draft, None)


def _served(agent: Agent, config: dict[str, object], version: int | None) -> ServedAgent:
    return ServedAgent(
        agent.id,
        agent.workspace_id,
        agent.public_id,
        version,
        AgentConfig.of(config),
        tuple(agent.allowed_origins),
        tuple(agent.restricted_paths),
        agent.has_page,
    )
