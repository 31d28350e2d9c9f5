from typing import Any

from flask import Flask

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.inbox.canned import create_canned
from pitchbar.inbox.models import CannedReply
from tests.inbox.factories import make_thread
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    count = db.session.query(CannedReply).count()
    made = create_canned(people.workspace.id, SYSTEM, shortcut=f"hello-{count}", text="Hello.")
    db.session.commit()
    return {"conversation_id": make_thread(people.workspace).public_id, "canned_id": made.id}
