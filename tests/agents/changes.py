from typing import Any

from tests.agents.factories import make_agent
from tests.support.changes import Change
from tests.support.factories import People


def _draft(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace, is_published=False).id}


def _published(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id}


def _withdrawn(people: People) -> dict[str, Any]:
    agent = make_agent(people.workspace)
    agent.published_version_id = None
    return {"agent_id": agent.id, "version": 1}


_API = "/api/v1/workspaces/<slug>/agents"
_ONE = f"{_API}/<int:agent_id>"
_PAGE = "/w/<slug>/agents"
_AGENT = f"{_PAGE}/<int:agent_id>"
_RETURN = "versions/<int:version>/return"

CHANGES = {
    f"POST {_API}": Change({"name": "Help desk"}),
    f"PATCH {_ONE}": Change({"greeting": "Hello"}, parts=_draft),
    f"DELETE {_ONE}": Change(parts=_draft),
    f"POST {_ONE}/publication": Change(parts=_draft),
    f"DELETE {_ONE}/publication": Change(parts=_published),
    f"POST {_ONE}/{_RETURN}": Change(parts=_withdrawn),
    f"POST {_PAGE}": Change({"name": "Help desk"}),
    f"POST {_AGENT}": Change(
        {"name": "Help desk", "accent": "#123456", "tone": "formal"}, parts=_draft
    ),
    f"POST {_AGENT}/access": Change({"allowed_origins": "https://a.example"}, parts=_draft),
    f"POST {_AGENT}/publication": Change(parts=_draft),
    f"POST {_AGENT}/withdrawal": Change(parts=_published),
    f"POST {_AGENT}/{_RETURN}": Change(parts=_withdrawn),
    f"POST {_AGENT}/deletion": Change(parts=_draft),
}
