from typing import Any

from flask import Flask

from pitchbar.extensions import db
from tests.leads.factories import make_conversation
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    conversation = make_conversation(people.workspace)
    db.session.commit()
    return {"talk_id": conversation.id}
