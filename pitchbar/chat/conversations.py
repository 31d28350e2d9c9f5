"""Conversations as rows: there from the first that is written down of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from pitchbar.chat.models import WIDGET, Conversation, Visitor
from pitchbar.chat.monthly.counting import note_begun
from pitchbar.chat.outward import tell_started
from pitchbar.chat.visited_pages import joined
from pitchbar.core.database import insert_into
from pitchbar.extensions import db


@dataclass(frozen=True)
class Beginning:
    """What is known of a conversation when it begins."""

    workspace_id: int
    agent_id: int
    visitor: UUID
    page_url: str
    language: str
    scan_id: UUID | None
    code_id: int | None
    at: datetime
    channel: str = WIDGET


def ensure_conversation(public_id: UUID, beginning: Beginning) -> Conversation:
    """Locked until the transaction ends; of two that want it at once, one makes it."""
    visitor_id = _ensure_visitor(beginning)
    values = {
        "public_id": public_id,
        "workspace_id": beginning.workspace_id,
        "agent_id": beginning.agent_id,
        "visitor_id": visitor_id,
        "page_url": beginning.page_url,
        "language": beginning.language[:16],
        "scan_id": beginning.scan_id,
        "code_id": beginning.code_id,
        "channel": beginning.channel[:16],
        "started_at": beginning.at,
        "last_message_at": beginning.at,
    }
    making = insert_into(db.session.connection(), Conversation).values(values)
    made = making.on_conflict_do_nothing().returning(Conversation.id)
    is_new = db.session.execute(made).first() is not None
    found = select(Conversation).where(
        Conversation.public_id == public_id, Conversation.workspace_id == beginning.workspace_id
    )
    conversation = db.session.scalars(found.with_for_update()).one()
    if is_new:
        note_begun(conversation)
        tell_started(conversation)
    return conversation


def note_page(conversation: Conversation, pages: Sequence[Any], consented_at: str) -> None:
    """Where the visitor was, and since when they agree to what is asked before."""
    if pages:
        conversation.pages = joined(conversation.pages or [], pages)
    if consented_at and conversation.consented_at is None:
        conversation.consented_at = datetime.fromisoformat(consented_at)


def _ensure_visitor(beginning: Beginning) -> int:
    values = {
        "workspace_id": beginning.workspace_id,
        "public_id": beginning.visitor,
        "created_at": beginning.at,
        "seen_at": beginning.at,
    }
    making = insert_into(db.session.connection(), Visitor).values(values)
    seen = making.on_conflict_do_update(
        index_elements=[Visitor.workspace_id, Visitor.public_id],
        set_={"seen_at": beginning.at},
    )
    return db.session.execute(seen.returning(Visitor.id)).scalar_one()
