from typing import Any

from sqlalchemy import delete, update

from pitchbar.chat import hooks
from pitchbar.conversions import stored
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.leads.capturing import note_lead
from pitchbar.leads.forgetting import register_holdings
from pitchbar.leads.hearing import note_conversions, note_request, note_turn
from pitchbar.leads.mail import declare_mailing_list
from pitchbar.leads.models import Lead, LeadConversation, LeadNote

# What hangs on another comes first.
_TABLES: tuple[Any, ...] = (LeadNote, LeadConversation, Lead)


def register() -> None:
    hooks.on_lead_kept(note_lead)
    hooks.on_turn_kept(note_turn)
    stored.subscribe(note_conversions)
    subscribe("conversation.human_requested", note_request)
    subscribe("workspace.purged", delete_leads)
    for name in ("member.removed", "member.left"):
        subscribe(name, free_leads)
    register_holdings()
    declare_mailing_list()


def delete_leads(event: Event) -> None:
    """All of the workspace, with what people wrote about them."""
    for model in _TABLES:
        mine = delete(model).where(model.workspace_id == int(event.subject.id))
        db.session.execute(mine.execution_options(synchronize_session=False))


def free_leads(event: Event) -> None:
    """Of who is no longer there: their leads wait for another owner."""
    owned = update(Lead).where(
        Lead.workspace_id == event.subject.workspace_id,
        Lead.owner_id == int(event.subject.id),
    )
    db.session.execute(owned.values(owner_id=None).execution_options(synchronize_session=False))
