from typing import Any

from pitchbar.curation.gaps import set_state
from pitchbar.curation.models import DISMISSED
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.curation.factories import make_curated, make_gap
from tests.support.changes import Change
from tests.support.factories import People


def _agent(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id}


def _curated(people: People) -> dict[str, Any]:
    agent = make_agent(people.workspace)
    return {"agent_id": agent.id, "curated_id": make_curated(agent).id}


def _gap(people: People) -> dict[str, Any]:
    agent = make_agent(people.workspace)
    return {"agent_id": agent.id, "gap_id": make_gap(agent).id}


def _dismissed(people: People) -> dict[str, Any]:
    agent = make_agent(people.workspace)
    gap = make_gap(agent)
    set_state(gap, DISMISSED, SYSTEM)
    db.session.commit()
    return {"agent_id": agent.id, "gap_id": gap.id}


_AGENT = "/w/<slug>/agents/<int:agent_id>"
_FORM = {"question": "Where are you?", "answer": "In Graz.", "given": "always"}

CHANGES = {
    f"POST {_AGENT}/answers": Change(_FORM, parts=_agent),
    f"POST {_AGENT}/answers/<int:curated_id>": Change(_FORM, parts=_curated),
    f"POST {_AGENT}/answers/<int:curated_id>/deletion": Change(parts=_curated),
    f"POST {_AGENT}/gaps/<int:gap_id>/dismissal": Change(parts=_gap),
    f"POST {_AGENT}/gaps/<int:gap_id>/reopening": Change(parts=_dismissed),
}
