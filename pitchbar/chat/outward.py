"""What webhooks tell of conversations and leads, in the transaction that writes them down. Told as
facts, with whose they are beside, so that they can be erased with the visitor.
"""

from typing import Any

from pitchbar.chat.models import Conversation, Lead, Visitor
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events import facts
from pitchbar.events.facts import Facts
from pitchbar.events.outward import declare
from pitchbar.extensions import db

STARTED, ENDED, CAPTURED = "conversation.started", "conversation.ended", "lead.captured"
HUMAN_REQUESTED, CLAIMED = "conversation.human_requested", "conversation.claimed"

_ORIGIN = {"code_id": 42, "short_code": "menu"}
_CONVERSATION = {
    "id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21",
    "agent_id": 3,
    "status": "open",
    "messages": 0,
    "page_url": "https://shop.example/cups",
    "language": "de",
    "started_at": "2026-03-02T12:41:07.512000+00:00",
    "last_message_at": "2026-03-02T12:41:07.512000+00:00",
    "origin": _ORIGIN,
}
_LEAD = {
    "id": 7,
    "conversation_id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21",
    "agent_id": 3,
    "email": "ada@mail.example",
    "name": "Ada",
    "phone": "",
    "fields": {"company": "Engines Ltd"},
    "captured_at": "2026-03-02T12:44:30.015000+00:00",
    "origin": _ORIGIN,
}


def declare_events() -> None:
    ended = {**_CONVERSATION, "status": "ended", "messages": 6}
    _declare(STARTED, "Conversations start", _CONVERSATION, ("page_url", "language"))
    _declare(ENDED, "Conversations end", ended, ("page_url", "language"))
    personal = ("page_url", "language")
    asked = {**_CONVERSATION, "messages": 4, "requested_at": "2026-03-02T12:43:55.120000+00:00"}
    _declare(HUMAN_REQUESTED, "Visitors ask for a person", asked, personal)
    claimed = {**_CONVERSATION, "messages": 4, "claimed_by": {"id": 5, "name": "Grace"}}
    _declare(CLAIMED, "People join conversations", claimed, personal)
    _declare(CAPTURED, "Leads are captured", _LEAD, ("email", "name", "phone", "fields"))


def _declare(name: str, label: str, item: dict[str, Any], personal: tuple[str, ...]) -> None:
    example = {f"{name.partition('.')[0]}s": [item]}
    declare(name, label, example=example, is_told=True, personal=personal)


def tell_started(conversation: Conversation) -> None:
    _tell(STARTED, conversation, _conversation_item)


def tell_ended(conversation: Conversation) -> None:
    _tell(ENDED, conversation, _conversation_item)


def tell_human_requested(conversation: Conversation) -> None:
    at = conversation.human_requested_at
    asked = {"requested_at": at.isoformat() if at else None}
    _tell(HUMAN_REQUESTED, conversation, lambda of: {**_conversation_item(of), **asked})


def tell_claimed(conversation: Conversation, person_id: int, name: str) -> None:
    by = {"claimed_by": {"id": person_id, "name": name}}
    _tell(CLAIMED, conversation, lambda of: {**_conversation_item(of), **by})


def tell_captured(lead: Lead, conversation: Conversation, lead_id: int) -> None:
    """`lead_id` is what the workspace knows them by, here and elsewhere."""
    _tell(CAPTURED, conversation, lambda of: {**_lead_item(lead, of), "id": lead_id})


def _tell(name: str, conversation: Conversation, item: Any) -> None:
    connection = db.session.connection()
    workspace_id = conversation.workspace_id
    if not facts.wanted(connection, name, {workspace_id}):
        return
    visitor = db.session.get_one(Visitor, conversation.visitor_id)
    told = Facts(name, workspace_id, [item(conversation)], [visitor.public_id.hex], clock.now())
    facts.tell(connection, [told])


def _conversation_item(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.public_id),
        "agent_id": conversation.agent_id,
        "status": conversation.status,
        "messages": conversation.messages,
        "page_url": conversation.page_url,
        "language": conversation.language,
        "started_at": conversation.started_at.isoformat(),
        "last_message_at": conversation.last_message_at.isoformat(),
        "origin": _origin(conversation),
    }


def _lead_item(lead: Lead, conversation: Conversation) -> dict[str, Any]:
    return {
        "id": lead.id,
        "conversation_id": str(conversation.public_id),
        "agent_id": conversation.agent_id,
        "email": lead.email,
        "name": lead.name,
        "phone": lead.phone,
        "fields": dict(lead.fields),
        "captured_at": lead.created_at.isoformat(),
        "origin": _origin(conversation),
    }


def _origin(conversation: Conversation) -> dict[str, Any] | None:
    """The code by which the visitor came, under its present address."""
    code = db.session.get(Code, conversation.code_id) if conversation.code_id else None
    if code is None or code.workspace_id != conversation.workspace_id:
        return None
    return {"code_id": code.id, "short_code": code.domain_short_code or code.short_code}
