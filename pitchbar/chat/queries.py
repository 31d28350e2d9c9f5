from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from pitchbar.accounts.models import Person
from pitchbar.answers.turns import Said
from pitchbar.chat.models import OPEN, Conversation, Message, Visitor, WaitingTurn
from pitchbar.extensions import db

# As many as a widget shows again.
REPLAYED = 30


def find_conversation(workspace_id: int, public_id: UUID) -> Conversation | None:
    return db.session.scalar(
        select(Conversation).where(
            Conversation.public_id == public_id, Conversation.workspace_id == workspace_id
        )
    )


def find_open(
    workspace_id: int, agent_id: int, visitor: UUID, since: datetime
) -> Conversation | None:
    """The visitor's last one with this agent, unless it has ended or fallen silent."""
    return db.session.scalar(
        select(Conversation)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .where(Visitor.public_id == visitor, Visitor.workspace_id == workspace_id)
        .where(Conversation.agent_id == agent_id, Conversation.status == OPEN)
        .where(Conversation.last_message_at > since)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )


def find_waiting(workspace_id: int, visitor: UUID) -> UUID | None:
    """The conversation of this visitor's last turn that no job has put in its place yet."""
    return db.session.scalar(
        select(WaitingTurn.conversation_id)
        .where(WaitingTurn.workspace_id == workspace_id, WaitingTurn.visitor_id == visitor)
        .order_by(WaitingTurn.id.desc())
        .limit(1)
    )


def list_last(conversation: Conversation, count: int = REPLAYED) -> Sequence[Message]:
    """Oldest first."""
    mine = select(Message).where(Message.conversation_id == conversation.id)
    return list(db.session.scalars(mine.order_by(Message.id.desc()).limit(count)))[::-1]


def list_after(conversation: Conversation, after: UUID, count: int = 100) -> Sequence[Message]:
    mine = select(Message).where(Message.conversation_id == conversation.id, Message.id > after)
    return db.session.scalars(mine.order_by(Message.id).limit(count)).all()


def find_message(conversation: Conversation, message_id: UUID) -> Message | None:
    return db.session.scalar(
        select(Message).where(Message.conversation_id == conversation.id, Message.id == message_id)
    )


def names_of(person_ids: Sequence[int]) -> dict[int, str]:
    """Of those whose accounts are still there."""
    if not person_ids:
        return {}
    found = select(Person.id, Person.name).where(Person.id.in_(set(person_ids)))
    return {row.id: row.name for row in db.session.execute(found)}


class Standing(NamedTuple):
    """The conversation's row and the person who has taken it over, each None where there is none;
    whether it began when the plan had no more of them.
    """

    row_id: int | None = None
    taken_over_by: int | None = None
    is_beyond_plan: bool = False


def find_standing(workspace_id: int, public_id: UUID) -> Standing:
    given = {"conversation": public_id, "workspace": workspace_id}
    found = db.session.execute(_standing(), given).one_or_none()
    return Standing(*found) if found else Standing()


# Each message runs it; making it takes as long.
@cache
def _standing() -> Any:
    columns = (Conversation.id, Conversation.taken_over_by, Conversation.is_beyond_plan)
    return select(*columns).where(
        Conversation.public_id == bindparam("conversation"),
        Conversation.workspace_id == bindparam("workspace"),
    )


def find_consent(workspace_id: int, public_id: UUID) -> datetime | None:
    """When the visitor agreed to what was asked before; None also where nothing is written yet."""
    return db.session.scalar(
        select(Conversation.consented_at).where(
            Conversation.public_id == public_id, Conversation.workspace_id == workspace_id
        )
    )


def list_said(conversation_id: int, count: int) -> list[Said]:
    """Oldest first."""
    mine = select(Message.role, Message.text).where(Message.conversation_id == conversation_id)
    rows = db.session.execute(mine.order_by(Message.id.desc()).limit(count)).all()
    return [Said(row.role, row.text) for row in reversed(rows)]
