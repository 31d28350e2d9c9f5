from typing import Any

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.leads.services import add_note
from tests.leads.factories import make_lead
from tests.support.changes import Change
from tests.support.factories import People


def _lead(people: People) -> dict[str, Any]:
    return {"lead_id": make_lead(people.workspace).id}


def _owner(people: People) -> dict[str, Any]:
    return {**_lead(people), "owner": people.editor.id}


def _note(people: People) -> dict[str, Any]:
    lead = make_lead(people.workspace)
    note = add_note(lead, people.owner, "Called", SYSTEM)
    db.session.commit()
    return {"lead_id": lead.id, "note_id": note.id}


_LEADS = "/w/<slug>/leads"
_LEAD = f"{_LEADS}/<int:lead_id>"

CHANGES = {
    f"POST {_LEAD}/status": Change({"status": "contacted"}, parts=_lead),
    f"POST {_LEAD}/owner": Change(parts=_owner),
    f"POST {_LEAD}/notes": Change({"text": "Called"}, parts=_lead),
    f"POST {_LEAD}/notes/<int:note_id>/removal": Change(parts=_note),
    f"POST {_LEADS}/changes": Change({"change": "status", "status": "won"}, parts=_lead),
    f"POST {_LEADS}/deletion": Change(parts=_lead),
    f"POST {_LEADS}/exports": Change({"kind": "csv"}, parts=_lead),
    "PATCH /api/v1/workspaces/<slug>/leads/<int:lead_id>": Change({"status": "won"}, parts=_lead),
}
