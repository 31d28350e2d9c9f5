"""What the pages of agents show."""

from collections.abc import Sequence
from typing import Any

from flask import request

from pitchbar.agents.changes import DAYS, differences
from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.agents.queries import (
    count_agents,
    find_published_versions,
    list_agents_after,
    list_versions,
)
from pitchbar.agents.settings import AgentSettings
from pitchbar.agents.tabs import list_tabs
from pitchbar.settings import current_settings
from pitchbar.sources.queries import list_source_names
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import most_within
from pitchbar.workspaces.plans import AGENTS

_PER_PAGE, _VERSIONS = 50, 20


def shown_list(workspace: Workspace, before: int) -> dict[str, Any]:
    found = list_agents_after(workspace, before, _PER_PAGE + 1)
    agents = found[:_PER_PAGE]
    ceiling = current_settings()[AgentSettings].agents_per_workspace
    return {
        "agents": agents,
        "published": find_published_versions(agents),
        "next": agents[-1].id if len(found) > _PER_PAGE else None,
        "is_first": not before,
        "total": count_agents(workspace),
        "most": most_within(workspace.plan, AGENTS, ceiling),
    }


def page_of(agent: Agent) -> dict[str, Any]:
    published = find_published_versions([agent]).get(agent.id)
    names = list_source_names(agent.workspace_id)
    draft = AgentConfig.of(agent.draft)
    before = request.args.get("before", 0, type=int)
    versions = list_versions(agent, min(max(before, 0), 2**31 - 1), _VERSIONS + 1)
    met = AgentConfig.of(published.config) if published else None
    return frame(agent) | {
        "published": published,
        "draft": draft,
        "unpublished": differences(met, draft, names) if met else [],
        "versions": versions[:_VERSIONS],
        "older": versions[_VERSIONS - 1].number if len(versions) > _VERSIONS else None,
        "source_names": names,
        "gone": [one for one in draft.source_ids or () if one not in names],
        "days": DAYS,
    }


def frame(agent: Agent) -> dict[str, Any]:
    """Of every page of an agent."""
    return {"agent": agent, "tabs": list_tabs()}


def version_page(agent: Agent, version: AgentVersion) -> dict[str, Any]:
    """It beside the one before it, and beside what visitors meet."""
    names, config = list_source_names(agent.workspace_id), AgentConfig.of(version.config)
    published = find_published_versions([agent]).get(agent.id)
    met = AgentConfig.of(published.config) if published else None
    return frame(agent) | {
        "version": version,
        "published": published,
        "before": _changes_since_the_one_before(agent, version, config, names),
        "back": differences(met, config, names) if met and published != version else [],
    }


def _changes_since_the_one_before(
    agent: Agent, version: AgentVersion, config: AgentConfig, names: dict[int, str]
) -> Any:
    if version.number == 1:
        return None
    earlier = list_versions(agent, version.number, 1)
    if not earlier:
        return None
    return differences(AgentConfig.of(earlier[0].config), config, names)


def form_parts(workspace_id: int, ticked: Sequence[int] | None) -> dict[str, Any]:
    return {
        "sources": list_source_names(workspace_id),
        "ticked": set(ticked or ()),
        "days": DAYS,
    }
