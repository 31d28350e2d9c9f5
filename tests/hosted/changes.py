from typing import Any

from pitchbar.extensions import db
from pitchbar.hosted.models import TalkingCode
from tests.agents.factories import make_agent
from tests.retrieval.factories import handbook, make_indexed
from tests.support.changes import Change
from tests.support.factories import People


def _draft(people: People) -> dict[str, Any]:
    draft = TalkingCode(workspace_id=people.workspace.id, name="Coffee corner")
    db.session.add(draft)
    db.session.commit()
    return {"draft_id": draft.id}


def _read(people: People) -> dict[str, Any]:
    parts = _draft(people)
    draft = db.session.get_one(TalkingCode, parts["draft_id"])
    draft.source_id = make_indexed(people.workspace.id, handbook()).id
    db.session.commit()
    return parts


def _agent(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id}


_PAGE = "/w/<slug>/talking-code"
_ONE = f"{_PAGE}/<int:draft_id>"

CHANGES = {
    "POST /w/<slug>/agents/<int:agent_id>/page": Change(parts=_agent),
    f"POST {_PAGE}": Change({"name": "Coffee corner"}),
    f"POST {_ONE}/knowledge": Change({"kind": "text", "text": "We open at nine."}, parts=_draft),
    f"POST {_ONE}/sheet": Change(parts=_read),
    f"POST {_ONE}/removal": Change(parts=_draft),
}
