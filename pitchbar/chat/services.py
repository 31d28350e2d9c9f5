"""What visitors change beside asking. The caller commits."""

from functools import partial
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from pitchbar.api.payloads import field_error
from pitchbar.chat import hooks
from pitchbar.chat.access import Caller
from pitchbar.chat.asked_persons import ask_for_person
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.consent import consent_of
from pitchbar.chat.conversations import Beginning, ensure_conversation, note_page
from pitchbar.chat.ending import end_conversation
from pitchbar.chat.errors import UnknownMessage
from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import AGENT, Conversation, Lead
from pitchbar.chat.outward import tell_captured
from pitchbar.chat.personal_data import forget_after_commit
from pitchbar.chat.queries import find_conversation, find_message
from pitchbar.chat.recent import recent
from pitchbar.chat.visited_pages import pages_of
from pitchbar.chat.visitor_payloads import NewLead
from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.core.personal_data import Whom, list_holdings_to_erase
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db


def keep_lead(caller: Caller, sent: NewLead, by: Actor) -> Lead:
    """Told to others once for each person, whatever conversations they leave their address in.

    Raises ConsentNeeded, and InvalidPayload for an address that is none.
    """
    email = plain_email(sent.email)
    page = recent().page(caller.token.conversation)
    consented_at = consent_of(caller, page, sent.consented)
    conversation = _conversation_of(caller)
    note_page(conversation, [], consented_at)
    now = clock.now()
    lead = db.session.scalar(select(Lead).where(Lead.conversation_id == conversation.id))
    is_new = lead is None
    if lead is None:
        lead = Lead(
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            created_at=now,
        )
        db.session.add(lead)
    lead.email, lead.name, lead.phone = email, sent.name, sent.phone
    lead.fields, lead.updated_at = dict(sent.fields), now
    db.session.flush()
    known = hooks.lead_kept(conversation, lead, is_new=is_new)
    if known.is_new:
        after = {"agent": caller.agent.config.name, "code_id": conversation.code_id or 0}
        # Not by name or address: what is written down of it stays longer than it does.
        subject = Subject("lead", known.id, f"Lead {known.id}", conversation.workspace_id)
        record_event("lead.captured", subject, by=by, after=after)
        tell_captured(lead, conversation, known.id)
        tell_changed(conversation)
    return lead


def request_person(caller: Caller, *, is_agreed: bool = False) -> Conversation:
    """`is_agreed`: with this very request. Raises ConsentNeeded."""
    page = recent().page(caller.token.conversation)
    consented_at = consent_of(caller, page, is_agreed)
    conversation = _conversation_of(caller)
    note_page(conversation, [], consented_at)
    ask_for_person(conversation, clock.now())
    return conversation


def give_feedback(caller: Caller, message_id: UUID | None, value: str | None, text: str) -> None:
    """Of one answer, or of the whole. Raises UnknownMessage."""
    conversation = _conversation_of(caller)
    if message_id is None:
        conversation.feedback, conversation.feedback_text = value, text
        return
    message = find_message(conversation, message_id)
    if message is None or message.role != AGENT:
        raise UnknownMessage
    if (message.feedback, message.feedback_text) == (value, text):
        return
    message.feedback, message.feedback_text = value, text
    message.feedback_at = clock.now() if value else None
    db.session.flush()
    hooks.feedback_given(conversation, message)


def clear_conversation(caller: Caller) -> None:
    """What was said stays with the workspace; the visitor begins anew."""
    put_all_in_place(caller.token.conversation)
    conversation = find_conversation(caller.agent.workspace_id, caller.token.conversation)
    if conversation is not None:
        end_conversation(conversation, clock.now())
    after_commit(db.session(), partial(recent().forget, caller.token.conversation))


def erase_visitor(caller: Caller, by: Actor) -> None:
    """Everywhere, in one transaction. An answer that is still being given is not kept."""
    workspace_id, visitor = caller.agent.workspace_id, caller.token.visitor
    forget_after_commit(db.session(), [visitor], [caller.token.conversation])
    whom = Whom(visitor=visitor.hex)
    counts = {
        holding.table: count
        for holding in list_holdings_to_erase()
        if (count := holding.erase(db.session(), workspace_id, whom))
    }
    subject = Subject("visitor", workspace_id, f"visitor {visitor.hex[:4]}…", workspace_id)
    record_event("visitor.erased", subject, by=by, after={"tables": counts})


def _conversation_of(caller: Caller) -> Conversation:
    """With all that was said so far; made where nothing was said yet."""
    token = caller.token
    put_all_in_place(token.conversation)
    page = recent().page(token.conversation)
    conversation = ensure_conversation(
        token.conversation,
        Beginning(
            workspace_id=caller.agent.workspace_id,
            agent_id=caller.agent.agent_id,
            visitor=token.visitor,
            page_url=page.get("url", ""),
            language=page.get("language", ""),
            scan_id=token.scan_id,
            code_id=token.code_id or None,
            at=clock.now(),
            channel=token.channel,
        ),
    )
    note_page(conversation, pages_of(page), page.get("consented_at", ""))
    return conversation


def plain_email(text: str) -> str:
    """As it is kept. Raises InvalidPayload for an address that is none."""
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise field_error("email", "This is not an e-mail address.") from None
