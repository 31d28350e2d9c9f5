"""One conversation as the team finds it, and what is written beside its messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import InvalidRequestError

from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import Conversation, WaitingTurn
from pitchbar.chat.queries import find_conversation
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.inbox.errors import ConversationGone, ConversationNotFound
from pitchbar.inbox.models import EVENT, ThreadNote, ThreadSeen

_MOST_NOTES = 200


def get_conversation(workspace_id: int, public_id: UUID) -> Conversation:
    """Raises ConversationNotFound."""
    conversation = find_conversation(workspace_id, public_id)
    if conversation is None:
        raise ConversationNotFound
    return conversation


def find_whole(workspace_id: int, public_id: UUID) -> Conversation | None:
    """With what its jobs have not put in its place yet, which is committed here."""
    if put_all_in_place(public_id):
        db.session.commit()
    return find_conversation(workspace_id, public_id)


def state_of(workspace_id: int, public_id: UUID) -> tuple[Any, ...] | None:
    """Differs when something of the thread does; one small question. None where it is gone."""
    note = select(func.max(ThreadNote.id)).where(ThreadNote.conversation_id == Conversation.id)
    waits = select(WaitingTurn.id).where(WaitingTurn.conversation_id == public_id)
    row = db.session.execute(
        select(
            Conversation.messages,
            Conversation.last_message_at,
            Conversation.status,
            Conversation.taken_over_by,
            Conversation.human_requested_at,
            Conversation.snoozed_until,
            Conversation.is_unanswered,
            Conversation.feedback,
            note.scalar_subquery(),
            waits.exists(),
        ).where(Conversation.workspace_id == workspace_id, Conversation.public_id == public_id)
    ).one_or_none()
    return tuple(row) if row else None


def read_again(conversation: Conversation) -> None:
    """After a statement that changed it. Raises ConversationGone: the visitor was erased."""
    try:
        db.session.refresh(conversation)
    except InvalidRequestError:
        raise ConversationGone from None


def add_note(
    conversation: Conversation, kind: str, text: str, author_id: int | None, **more: list[int]
) -> ThreadNote:
    note = ThreadNote(
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        author_id=author_id,
        kind=kind,
        text=text,
        **more,
    )
    db.session.add(note)
    db.session.flush()
    return note


def add_event(conversation: Conversation, text: str, author_id: int | None = None) -> None:
    """That something was done, in words that follow a name."""
    add_note(conversation, EVENT, text, author_id)


def list_notes(conversation: Conversation, since: datetime | None = None) -> Sequence[ThreadNote]:
    """Oldest first."""
    mine = select(ThreadNote).where(ThreadNote.conversation_id == conversation.id)
    if since is not None:
        mine = mine.where(ThreadNote.created_at >= since)
    found = db.session.scalars(mine.order_by(ThreadNote.id.desc()).limit(_MOST_NOTES)).all()
    return list(found)[::-1]


def mark_seen(conversation: Conversation, person_id: int) -> bool:
    """Whether that was news."""
    known = db.session.get(ThreadSeen, (conversation.id, person_id))
    if known is not None and known.seen_at >= conversation.last_message_at:
        return False
    at = max(clock.now(), conversation.last_message_at)
    row = {
        "conversation_id": conversation.id,
        "person_id": person_id,
        "workspace_id": conversation.workspace_id,
        "seen_at": at,
    }
    making = insert_into(db.session.connection(), ThreadSeen).values(row)
    db.session.execute(
        making.on_conflict_do_update(
            index_elements=["conversation_id", "person_id"], set_={"seen_at": at}
        )
    )
    return True


def mark_unseen(conversation: Conversation, person_id: int) -> None:
    known = db.session.get(ThreadSeen, (conversation.id, person_id))
    if known is not None:
        db.session.delete(known)
        db.session.flush()
