"""A person of the team says something to the visitor."""

from functools import partial
from uuid import UUID

from sqlalchemy import select, update

from pitchbar.accounts.models import Person
from pitchbar.answers.turns import Said
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import OPEN, PERSON, Conversation, Message
from pitchbar.chat.recent import recent
from pitchbar.chat.typed import clean
from pitchbar.core import clock
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.inbox.holding import claim, refusal_of
from pitchbar.inbox.threads import mark_seen, read_again


def reply(conversation: Conversation, person: Person, by: Actor, text: str) -> Message:
    """Joins the conversation first where nobody holds it.

    Raises:
        EmptyMessage, MessageTooLong
        HeldByAnother, CannotTakeOver, ConversationGone
    """
    text = clean(text)
    if conversation.taken_over_by is None:
        claim(conversation, person, by)
    now = clock.now()
    # This locks the row until the commit: what a visitor's list shows comes in the order of ids.
    mine = update(Conversation).where(
        Conversation.id == conversation.id, Conversation.taken_over_by == person.id
    )
    speaking = mine.values(
        messages=Conversation.messages + 1,
        last_message_at=now,
        is_unanswered=False,
        status=OPEN,
        ended_at=None,
    )
    speaks = changed_rows(db.session, speaking.execution_options(synchronize_session=False))
    read_again(conversation)
    if not speaks:
        raise refusal_of(conversation)
    message = Message(
        id=_next_id(conversation),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        role=PERSON,
        author_id=person.id,
        text=text,
        created_at=now,
    )
    db.session.add(message)
    db.session.flush()
    mark_seen(conversation, person.id)
    after_commit(db.session(), partial(_remember, conversation.public_id, message.id, text))
    tell_changed(conversation, "person")
    return message


def _next_id(conversation: Conversation) -> UUID:
    """Larger than all that was said, by whichever machine's clock."""
    said = select(Message.id).where(Message.conversation_id == conversation.id)
    known = [*db.session.scalars(said.order_by(Message.id.desc()).limit(1))]
    page = recent().page(conversation.public_id)
    if "last" in page:
        known.append(UUID(hex=page["last"]))
    return new_id(max(known, default=None))


def _remember(public_id: UUID, message_id: UUID, text: str) -> None:
    """For the agent, which may have to go on from here."""
    known = recent()
    known.add_said(public_id, [Said(PERSON, text)])
    known.put_page(public_id, {**known.page(public_id), "last": message_id.hex})
