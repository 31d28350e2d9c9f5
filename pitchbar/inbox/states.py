"""A conversation is closed, opened again, put aside until later, and comes back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from pitchbar.accounts.models import Person
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.ending import end_conversation
from pitchbar.chat.models import ENDED, OPEN, Conversation
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.inbox.errors import InvalidSnooze
from pitchbar.inbox.holding import refusal_of
from pitchbar.inbox.threads import add_event

_AT_ONCE = 200
_LONGEST_DAYS = 366


def close(conversation: Conversation, person: Person, by: Actor) -> None:
    """Whoever writes in it opens it again. Raises HeldByAnother."""
    _lock(conversation, person)
    if conversation.status == ENDED:
        return
    end_conversation(conversation, clock.now())
    conversation.is_unanswered = False
    add_event(conversation, "closed the conversation", person.id)
    record_event("conversation.closed", conversation, by=by)


def reopen(conversation: Conversation, person: Person, by: Actor) -> None:
    _lock(conversation, person)
    if conversation.status == OPEN:
        return
    conversation.status, conversation.ended_at = OPEN, None
    add_event(conversation, "opened the conversation again", person.id)
    record_event("conversation.reopened", conversation, by=by)
    tell_changed(conversation)


def snooze(conversation: Conversation, person: Person, by: Actor, until: datetime) -> None:
    """Out of the lists of what is open until then, or until the visitor writes.

    Raises:
        InvalidSnooze, HeldByAnother
    """
    now = clock.now()
    if until <= now:
        raise InvalidSnooze("Choose a time that is still to come.")
    if (until - now).days > _LONGEST_DAYS:
        raise InvalidSnooze("Choose a time within a year.")
    _lock(conversation, person)
    conversation.snoozed_until = until
    # Who is put aside does not wait for anybody.
    conversation.human_requested_at = None
    conversation.status, conversation.ended_at = OPEN, None
    add_event(conversation, "snoozed the conversation", person.id)
    after = {"until": until.isoformat()}
    record_event("conversation.snoozed", conversation, by=by, after=after)
    tell_changed(conversation)


def wake(conversation: Conversation, person: Person, by: Actor) -> None:
    if conversation.snoozed_until is None:
        return
    conversation.snoozed_until = None
    record_event("conversation.woken", conversation, by=by)
    tell_changed(conversation)


def wake_due(now: datetime) -> bool:
    """Those whose time has come, some at a time; commits, and says whether there may be more."""
    due = select(Conversation).where(Conversation.snoozed_until <= now)
    found = db.session.scalars(_some(due, Conversation.snoozed_until)).all()
    for conversation in found:
        conversation.snoozed_until = None
        add_event(conversation, "Back from its snooze")
        tell_changed(conversation)
    db.session.commit()
    return len(found) == _AT_ONCE


def release_unanswered(before: datetime) -> bool:
    """Requests made before then that nobody took wait no longer; some at a time, commits, and says
    whether there may be more.
    """
    waiting = select(Conversation).where(
        Conversation.human_requested_at <= before, Conversation.taken_over_by.is_(None)
    )
    found = db.session.scalars(_some(waiting, Conversation.human_requested_at)).all()
    for conversation in found:
        conversation.human_requested_at = None
        conversation.is_unanswered = True
        add_event(conversation, "Nobody joined in time, so the visitor waits no longer")
        record_event("conversation.request_released", conversation, by=SYSTEM)
        tell_changed(conversation)
    db.session.commit()
    return len(found) == _AT_ONCE


def _some(query: Select[Conversation], column: Any) -> Select[Conversation]:
    return query.order_by(column).limit(_AT_ONCE).with_for_update(skip_locked=True)


def _lock(conversation: Conversation, person: Person) -> None:
    db.session.refresh(conversation, with_for_update=True)
    if conversation.taken_over_by not in (None, person.id):
        raise refusal_of(conversation)
