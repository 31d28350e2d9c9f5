from typing import Any

from tests.agents.factories import make_agent
from tests.support.changes import Change
from tests.support.factories import People


def _agent(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id}


_API = "/api/v1/workspaces/<slug>/agents/<int:agent_id>"
_AGENT = "/w/<slug>/agents/<int:agent_id>"

CHANGES = {
    f"POST {_AGENT}/install/checks": Change({"page_url": "https://shop.example/"}, parts=_agent),
    f"POST {_API}/check-install": Change({"page_url": "https://shop.example/"}, parts=_agent),
    f"POST {_AGENT}/look": Change(
        {"name": "Help desk"}, parts=_agent, unaudited="shows, and changes nothing"
    ),
}
