from typing import Any

from flask import Flask

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.leads.services import add_note
from tests.leads.factories import make_lead
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    lead = make_lead(people.workspace)
    note = add_note(lead, people.owner, "Called", SYSTEM)
    db.session.commit()
    return {"lead_id": lead.id, "note_id": note.id}
