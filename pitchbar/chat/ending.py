"""Conversations end when they fall silent, and are forgotten when their time is over."""

from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, select

from pitchbar.chat.changes import tell_changed
from pitchbar.chat.models import ENDED, OPEN, Conversation, Visitor
from pitchbar.chat.outward import tell_ended
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db

_AT_ONCE = 200


def end_conversation(conversation: Conversation, at: datetime) -> None:
    """What has ended stays so, and is told once."""
    if conversation.status == ENDED:
        return
    conversation.status, conversation.ended_at = ENDED, at
    # Nobody holds what is over, or waits in it.
    conversation.taken_over_by = conversation.human_requested_at = None
    conversation.snoozed_until = None
    db.session.flush()
    tell_ended(conversation)
    tell_changed(conversation)


def end_silent_conversations(now: datetime, hours: int) -> bool:
    """Some at a time; commits, and returns whether there may be more."""
    silent = (
        select(Conversation)
        .where(
            Conversation.status == OPEN,
            Conversation.last_message_at < now - timedelta(hours=hours),
            Conversation.snoozed_until.is_(None),
        )
        .order_by(Conversation.last_message_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = db.session.scalars(silent).all()
    for conversation in found:
        end_conversation(conversation, now)
    db.session.commit()
    return len(found) == _AT_ONCE


def forget_old_conversations(now: datetime, days: int) -> bool:
    """Some at a time, with what hangs on them; commits, and returns whether there may be more."""
    if not days:
        return False
    before = now - timedelta(days=days)
    old = select(Conversation.id).where(Conversation.last_message_at < before).limit(_AT_ONCE)
    ids = db.session.scalars(old).all()
    _delete(delete(Conversation).where(Conversation.id.in_(ids)))
    spoke = select(Conversation.visitor_id)
    idle = select(Visitor.id).where(Visitor.seen_at < before, Visitor.id.not_in(spoke))
    _delete(delete(Visitor).where(Visitor.id.in_(idle.limit(_AT_ONCE))))
    db.session.commit()
    return len(ids) == _AT_ONCE


def _delete(statement: Delete) -> None:
    changed_rows(db.session, statement.execution_options(synchronize_session=False))
