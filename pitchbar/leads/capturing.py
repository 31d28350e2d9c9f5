"""A form that a visitor sent becomes a person: within the transaction that keeps the form."""

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from pitchbar.chat.hooks import KnownLead
from pitchbar.chat.models import Conversation
from pitchbar.chat.models import Lead as SentForm
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.leads.models import Lead, LeadConversation, LeadNote
from pitchbar.leads.rating import rate_lead
from pitchbar.leads.tasks import mail_captured


def note_lead(conversation: Conversation, form: SentForm) -> KnownLead:
    """Owners and admins are mailed of somebody new, by a job of this transaction."""
    lead, is_new = keep_person(conversation, form)
    if is_new:
        enqueue(mail_captured, lead.id)
    return KnownLead(lead.id, is_new)


def keep_person(conversation: Conversation, form: SentForm) -> tuple[Lead, bool]:
    """Known by the conversation first, then by the address; of two at once, one makes the lead.
    Who corrects the address in the same conversation stays who they are. Returns whether they are
    new.
    """
    linked = find_of_conversation(conversation.id)
    if linked is not None and linked.email != form.email:
        linked = _renamed(linked, conversation.id, form.email)
    lead, is_made = (linked, False) if linked else _ensure(conversation, form)
    is_linked = _link(lead, conversation.id)
    _take_over(lead, form)
    rate_lead(lead)
    return lead, is_made and not is_linked


def find_of_conversation(conversation_id: int) -> Lead | None:
    linked = LeadConversation.conversation_id == conversation_id
    return db.session.scalar(
        select(Lead).join(LeadConversation, LeadConversation.lead_id == Lead.id).where(linked)
    )


def _renamed(linked: Lead, conversation_id: int, email: str) -> Lead | None:
    """The same lead under another address, if it is theirs alone; None where that is another."""
    others = select(func.count()).where(
        LeadConversation.lead_id == linked.id, LeadConversation.conversation_id != conversation_id
    )
    if db.session.scalar(others):
        return None
    try:
        with db.session.begin_nested():
            linked.email = email
            db.session.flush()
    except IntegrityError:
        db.session.refresh(linked)
        _merge(linked, _get_by_email(linked.workspace_id, email))
        return None
    return linked


def _merge(old: Lead, into: Lead) -> None:
    """What people wrote down moves along."""
    notes = update(LeadNote).where(LeadNote.lead_id == old.id).values(lead_id=into.id)
    links = update(LeadConversation).where(LeadConversation.lead_id == old.id)
    for change in (notes, links.values(lead_id=into.id)):
        db.session.execute(change.execution_options(synchronize_session=False))
    if into.owner_id is None:
        into.owner_id = old.owner_id
    db.session.delete(old)
    db.session.flush()
    db.session.expire_all()


def _ensure(conversation: Conversation, form: SentForm) -> tuple[Lead, bool]:
    values = {
        "workspace_id": conversation.workspace_id,
        "email": form.email,
        "agent_id": conversation.agent_id,
        "code_id": conversation.code_id,
        "scan_id": conversation.scan_id,
        "created_at": form.updated_at,
        "updated_at": form.updated_at,
        "last_at": form.updated_at,
    }
    making = insert_into(db.session.connection(), Lead).values(values)
    made = making.on_conflict_do_nothing().returning(Lead.id)
    is_made = db.session.execute(made).first() is not None
    return _get_by_email(conversation.workspace_id, form.email), is_made


def _get_by_email(workspace_id: int, email: str) -> Lead:
    """Locked until the transaction ends."""
    mine = select(Lead).where(Lead.workspace_id == workspace_id, Lead.email == email)
    return db.session.scalars(
        mine.with_for_update().execution_options(populate_existing=True)
    ).one()


def _link(lead: Lead, conversation_id: int) -> bool:
    """Whether the conversation was somebody's before."""
    link = db.session.get(LeadConversation, conversation_id)
    if link is not None:
        link.lead_id = lead.id
        db.session.flush()
        return True
    values = {"lead_id": lead.id, "workspace_id": lead.workspace_id}
    db.session.add(LeadConversation(conversation_id=conversation_id, **values))
    db.session.flush()
    return False


def _take_over(lead: Lead, form: SentForm) -> None:
    """What the newest form says counts; what it leaves out stays."""
    lead.name, lead.phone = form.name or lead.name, form.phone or lead.phone
    lead.fields = {**lead.fields, **form.fields}
    lead.updated_at = form.updated_at
    lead.last_at = max(lead.last_at, form.updated_at)
