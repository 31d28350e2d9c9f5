from typing import Any

from flask import Flask

from pitchbar.extensions import db
from pitchbar.hosted.models import TalkingCode
from tests.agents.factories import make_agent
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    draft = TalkingCode(workspace_id=people.workspace.id, name="Coffee corner")
    db.session.add(draft)
    db.session.commit()
    return {"draft_id": draft.id, "public_id": make_agent(people.workspace).public_id}
