"""Agents in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.agents.queries import find_agents
from pitchbar.core.features import Offer
from pitchbar.workspaces.models import Workspace

_MOST = 4


def find_by_words(workspace: Workspace, words: str) -> Iterator[Offer]:
    """By name; without words none, as codes are looked for more often."""
    if not words.strip():
        return
    for agent in find_agents(workspace, words.strip(), _MOST):
        url = url_for("agents.show", slug=workspace.slug, agent_id=agent.id)
        note = "" if agent.is_published else "Draft"
        yield Offer("Agents", "bot", agent.name, url, note=note)
