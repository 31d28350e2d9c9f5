from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from pitchbar.agents.cleaning import clean_config, clean_origins, clean_paths
from pitchbar.agents.config import AgentConfig
from pitchbar.agents.errors import NothingToPublish, NotPublished, TooManyAgents
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.agents.queries import count_agents, find_published_versions
from pitchbar.agents.settings import AgentSettings
from pitchbar.core import clock
from pitchbar.core.tokens import new_agent_id
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.sources.queries import list_source_names
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import AGENTS


def create_agent(
    workspace: Workspace,
    by: Actor,
    settings: Settings,
    *,
    allowed_origins: Sequence[str] = (),
    restricted_paths: Sequence[str] = (),
    **config: Any,
) -> Agent:
    """A draft; visitors meet it once it is published. `config` takes the fields of `AgentConfig`.

    Raises:
        InvalidAgent, PlanLimitReached, TooManyAgents
    """
    made = clean_config(AgentConfig(**config), workspace.id)
    agent = Agent(
        workspace_id=workspace.id,
        public_id=new_agent_id(),
        name=made.name,
        draft=made.stored(),
        allowed_origins=clean_origins(allowed_origins),
        restricted_paths=clean_paths(restricted_paths),
    )
    lock_workspace(workspace.id)
    require_room(workspace.plan, AGENTS, lambda: count_agents(workspace))
    limit = settings[AgentSettings].agents_per_workspace
    if count_agents(workspace) >= limit:
        raise TooManyAgents(limit)
    db.session.add(agent)
    db.session.flush()
    record_event("agent.created", agent, by=by, after=snapshot(agent))
    return agent


def update_agent(agent: Agent, by: Actor, **fields: Any) -> None:
    """Changes the draft, of what `AgentConfig` names; visitors see it once it is published.

    Raises InvalidAgent.
    """
    before = snapshot(agent)
    draft = AgentConfig.of(agent.draft | fields)
    made = clean_config(_without_deleted(draft, agent, fields), agent.workspace_id)
    if made.stored() == agent.draft:
        return
    agent.draft, agent.name, agent.updated_at = made.stored(), made.name, clock.now()
    db.session.flush()
    record_event("agent.updated", agent, by=by, before=before, after=snapshot(agent))


def _without_deleted(draft: AgentConfig, agent: Agent, fields: dict[str, Any]) -> AgentConfig:
    """Sources that were chosen once and are gone do not stand in the way of other changes."""
    if draft.source_ids is None or "source_ids" in fields:
        return draft
    there = list_source_names(agent.workspace_id)
    return draft.model_copy(
        update={"source_ids": tuple(one for one in draft.source_ids if one in there)}
    )


def set_access(
    agent: Agent, by: Actor, *, allowed_origins: Sequence[str], restricted_paths: Sequence[str]
) -> None:
    """Acts at once, also on what is published. Raises InvalidAgent."""
    before = access_of(agent)
    agent.allowed_origins = clean_origins(allowed_origins)
    agent.restricted_paths = clean_paths(restricted_paths)
    if access_of(agent) == before:
        return
    agent.updated_at = clock.now()
    db.session.flush()
    record_event("agent.access_changed", agent, by=by, before=before, after=access_of(agent))


def switch_page(agent: Agent, by: Actor, *, is_on: bool) -> None:
    """Whether it has a page of its own; acts at once."""
    if agent.has_page == is_on:
        return
    agent.has_page, agent.updated_at = is_on, clock.now()
    db.session.flush()
    before, after = {"has_page": not is_on}, {"has_page": is_on}
    record_event("agent.page_switched", agent, by=by, before=before, after=after)


def publish_agent(agent: Agent, by: Actor, settings: Settings) -> AgentVersion:
    """The draft becomes what visitors meet. Raises NothingToPublish."""
    published = find_published_versions([agent]).get(agent.id)
    if published is not None and published.config == agent.draft:
        raise NothingToPublish
    version = _add_version(agent, by, agent.draft)
    _clear_old(agent, settings[AgentSettings].agent_versions_kept)
    record_event("agent.published", agent, by=by, after={"version": version.number})
    return version


def return_to_version(agent: Agent, version: AgentVersion, by: Actor) -> AgentVersion:
    """What it was then becomes the draft, and is published as a version of its own: at once, and
    whatever stood in the draft. Sources that are gone since are left out.

    Raises NothingToPublish.
    """
    then = _without_deleted(AgentConfig.of(version.config), agent, {}).stored()
    published = find_published_versions([agent]).get(agent.id)
    if published is not None and published.config == then:
        raise NothingToPublish
    agent.draft, agent.name = then, str(then["name"])
    made = _add_version(agent, by, then)
    after = {"version": made.number, "as_in_version": version.number}
    record_event("agent.rolled_back", agent, by=by, after=after)
    return made


def withdraw_agent(agent: Agent, by: Actor) -> None:
    """Visitors meet it no longer; its draft and versions stay. Raises NotPublished."""
    if agent.published_version_id is None:
        raise NotPublished
    agent.published_version_id, agent.updated_at = None, clock.now()
    db.session.flush()
    record_event("agent.withdrawn", agent, by=by)


def delete_agent(agent: Agent, by: Actor) -> None:
    record_event("agent.deleted", agent, by=by, before=snapshot(agent))
    db.session.delete(agent)
    db.session.flush()


def _add_version(agent: Agent, by: Actor, config: dict[str, Any]) -> AgentVersion:
    # Two who publish at once take turns at the agent's row.
    db.session.execute(select(Agent.id).where(Agent.id == agent.id).with_for_update())
    latest = db.session.scalar(
        select(func.max(AgentVersion.number)).where(AgentVersion.agent_id == agent.id)
    )
    version = AgentVersion(
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        number=(latest or 0) + 1,
        config=config,
        published_by=by.name[:120],
    )
    db.session.add(version)
    db.session.flush()
    agent.published_version_id, agent.updated_at = version.id, clock.now()
    db.session.flush()
    return version


def _clear_old(agent: Agent, kept: int) -> None:
    oldest = db.session.scalars(
        select(AgentVersion.number)
        .where(AgentVersion.agent_id == agent.id)
        .order_by(AgentVersion.number.desc())
        .offset(kept - 1)
        .limit(1)
    ).first()
    if oldest is not None:
        db.session.execute(
            delete(AgentVersion).where(
                AgentVersion.agent_id == agent.id, AgentVersion.number < oldest
            )
        )


def access_of(agent: Agent) -> dict[str, Any]:
    return {
        "allowed_origins": list(agent.allowed_origins),
        "restricted_paths": list(agent.restricted_paths),
    }


def snapshot(agent: Agent) -> dict[str, Any]:
    """For the audit log."""
    return {name: value for name, value in agent.draft.items() if value not in ("", [], None)}
