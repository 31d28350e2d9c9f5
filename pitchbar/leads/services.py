"""What people of the workspace change about leads. The caller commits."""

from collections.abc import Sequence

from sqlalchemy import delete

from pitchbar.accounts.models import Person
from pitchbar.chat.models import Lead as SentForm
from pitchbar.core import clock
from pitchbar.core.text import storable
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.leads.errors import InvalidLead
from pitchbar.leads.forgetting import delete_by_ids
from pitchbar.leads.models import STATUSES, Lead, LeadNote
from pitchbar.leads.queries import forms_of
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.queries import find_role

LONGEST_NOTE = 4_000


def set_status(leads: Sequence[Lead], status: str, by: Actor) -> list[Lead]:
    """Returns those that had another one. Raises InvalidLead."""
    if status not in STATUSES:
        raise InvalidLead("status", f"Choose one of {', '.join(STATUSES)}.")
    changed = [lead for lead in leads if lead.status != status]
    for lead in changed:
        before, lead.status = lead.status, status
        _changed(lead, by, {"status": before}, {"status": status})
    db.session.flush()
    return changed


def set_owner(
    workspace: Workspace, leads: Sequence[Lead], owner_id: int | None, by: Actor
) -> list[Lead]:
    """None: nobody. Returns those that had another one. Raises InvalidLead."""
    if owner_id is not None and find_role(workspace, owner_id) is None:
        raise InvalidLead("owner", "Choose somebody who is a member of the workspace.")
    changed = [lead for lead in leads if lead.owner_id != owner_id]
    for lead in changed:
        before, lead.owner_id = lead.owner_id, owner_id
        _changed(lead, by, {"owner_id": before}, {"owner_id": owner_id})
    db.session.flush()
    return changed


def delete_leads(leads: Sequence[Lead], by: Actor) -> None:
    """With notes, and with what the forms said: the address is nowhere any more. What was said in
    conversations stays.
    """
    for lead in leads:
        record_event("lead.deleted", lead, by=by, before={"status": lead.status})
        forms = delete(SentForm).where(SentForm.id.in_(forms_of(lead)))
        db.session.execute(forms.execution_options(synchronize_session=False))
    delete_by_ids(db.session(), [lead.id for lead in leads])


def add_note(lead: Lead, author: Person, text: str, by: Actor) -> LeadNote:
    """Raises InvalidLead."""
    cleaned = storable(text).replace("\r\n", "\n").strip()
    if not cleaned:
        raise InvalidLead("text", "Write what should be remembered.")
    if len(cleaned) > LONGEST_NOTE:
        sentence = f"Use at most {LONGEST_NOTE:,} characters; these are {len(cleaned):,}."
        raise InvalidLead("text", sentence)
    note = LeadNote(
        workspace_id=lead.workspace_id, lead_id=lead.id, author_id=author.id, text=cleaned
    )
    db.session.add(note)
    lead.last_at = clock.now()
    db.session.flush()
    # Without its words, as the log stays longer.
    record_event("lead.note_added", lead, by=by, after={"note_id": note.id})
    return note


def delete_note(lead: Lead, note_id: int, by: Actor) -> None:
    note = db.session.get(LeadNote, note_id)
    if note is None or note.lead_id != lead.id:
        return
    record_event("lead.note_deleted", lead, by=by, before={"note_id": note.id})
    db.session.delete(note)
    db.session.flush()


def _changed(lead: Lead, by: Actor, before: dict[str, object], after: dict[str, object]) -> None:
    lead.updated_at = lead.last_at = clock.now()
    record_event("lead.updated", lead, by=by, before=before, after=after)
