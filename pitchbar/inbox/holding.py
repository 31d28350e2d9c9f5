"""Who of the team holds a conversation. One does at a time: each change is one statement with its
condition, so that of two at once one wins and the other is told.
"""

from typing import Any

from sqlalchemy import func, select, update

from pitchbar.accounts.models import Person
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.models import OPEN, Conversation
from pitchbar.chat.outward import tell_claimed
from pitchbar.chat.queries import names_of
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.inbox.errors import CannotBeGiven, CannotTakeOver, HeldByAnother, NotHeld
from pitchbar.inbox.mailing import mail_given
from pitchbar.inbox.members import may_answer
from pitchbar.inbox.models import SUMMARY
from pitchbar.inbox.summary import summarise
from pitchbar.inbox.threads import add_event, add_note, read_again


def claim(conversation: Conversation, person: Person, by: Actor) -> None:
    """From here on the agent keeps silent. Who holds it already changes nothing.

    Raises:
        HeldByAnother, CannotTakeOver, ConversationGone
    """
    free = Conversation.taken_over_by.is_(None)
    first = func.coalesce(Conversation.first_claimed_at, clock.now())
    if not _change(
        conversation,
        free,
        may_answer(conversation.workspace_id, person.id),
        taken_over_by=person.id,
        first_claimed_at=first,
        handed_over_at=func.coalesce(Conversation.handed_over_at, clock.now()),
        status=OPEN,
        ended_at=None,
        snoozed_until=None,
    ):
        if conversation.taken_over_by == person.id:
            return
        raise _refusal(conversation)
    record_event("conversation.claimed", conversation, by=by)
    add_event(conversation, "joined the conversation", person.id)
    tell_claimed(conversation, person.id, person.name)
    tell_changed(conversation)


def hand_back(conversation: Conversation, person: Person, by: Actor) -> None:
    """The agent answers again; what was said is summed up in a note.

    Raises:
        HeldByAnother, NotHeld, ConversationGone
    """
    _give_up(conversation, person)
    add_event(conversation, "handed the conversation back to the agent", person.id)
    add_note(conversation, SUMMARY, summarise(conversation), None)
    record_event("conversation.handed_back", conversation, by=by)
    tell_changed(conversation)


def transfer(conversation: Conversation, person: Person, to: Person, by: Actor) -> None:
    """To another member, who is mailed. What nobody holds can be given to somebody, too.

    Raises:
        HeldByAnother, CannotBeGiven, ConversationGone
    """
    before = conversation.taken_over_by
    if before not in (None, person.id):
        raise _refusal(conversation)
    as_seen = (
        Conversation.taken_over_by.is_(None)
        if before is None
        else Conversation.taken_over_by == before
    )
    if not _change(
        conversation,
        as_seen,
        may_answer(conversation.workspace_id, to.id),
        taken_over_by=to.id,
        first_claimed_at=func.coalesce(Conversation.first_claimed_at, clock.now()),
        handed_over_at=func.coalesce(Conversation.handed_over_at, clock.now()),
        status=OPEN,
        ended_at=None,
        snoozed_until=None,
    ):
        raise CannotBeGiven if conversation.taken_over_by == before else _refusal(conversation)
    after = {"to": to.name}
    record_event("conversation.transferred", conversation, by=by, after=after)
    add_event(conversation, f"gave the conversation to {to.name}", person.id)
    tell_claimed(conversation, to.id, to.name)
    tell_changed(conversation)
    if to.id != person.id:
        mail_given(conversation, to, person)


def release_all_of(workspace_id: int, person_id: int, by: Actor) -> None:
    """What somebody holds who left, or whose role answers nobody: each visitor waits for another
    person, as they did in the first place.
    """
    held = select(Conversation).where(
        Conversation.workspace_id == workspace_id, Conversation.taken_over_by == person_id
    )
    for conversation in db.session.scalars(held.with_for_update()).all():
        conversation.taken_over_by = None
        if conversation.status == OPEN:
            conversation.human_requested_at = clock.now()
        add_event(conversation, "no longer answers here, so the visitor waits again", person_id)
        record_event("conversation.given_up", conversation, by=by)
        tell_changed(conversation)


def _give_up(conversation: Conversation, person: Person) -> None:
    mine = Conversation.taken_over_by == person.id
    if not _change(conversation, mine, taken_over_by=None, human_requested_at=None):
        raise _refusal(conversation)


def _change(conversation: Conversation, *conditions: Any, **values: Any) -> bool:
    """Raises ConversationGone."""
    changing = update(Conversation).where(Conversation.id == conversation.id, *conditions)
    statement = changing.values(values).execution_options(synchronize_session=False)
    is_changed = changed_rows(db.session, statement) == 1
    read_again(conversation)
    return is_changed


def _refusal(conversation: Conversation) -> HeldByAnother | NotHeld | CannotTakeOver:
    holder = conversation.taken_over_by
    if holder is None:
        return NotHeld()
    return HeldByAnother(names_of([holder]).get(holder, "Somebody else"))


def refusal_of(conversation: Conversation) -> HeldByAnother | NotHeld | CannotTakeOver:
    """Why somebody could not act as its holder."""
    return _refusal(conversation)
