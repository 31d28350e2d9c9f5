from typing import Any

from sqlalchemy import delete, select

from pitchbar.chat import hooks
from pitchbar.chat.models import Conversation
from pitchbar.chat.personal_data import VisitorsHolding
from pitchbar.core.personal_data import register_holding
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.inbox.holding import release_all_of
from pitchbar.inbox.live import open_waiting
from pitchbar.inbox.mailing import declare_lists
from pitchbar.inbox.members import RIGHT
from pitchbar.inbox.mentions import ring_for_mentions
from pitchbar.inbox.models import (
    CannedReply,
    NoteMention,
    OnCall,
    Tag,
    TagUse,
    ThreadNote,
    ThreadSeen,
)
from pitchbar.inbox.tasks import mail_on_call
from pitchbar.jobs import enqueue
from pitchbar.workspaces.live import register_beside
from pitchbar.workspaces.roles import role_may

_TABLES: tuple[Any, ...] = (NoteMention, TagUse, Tag, ThreadSeen, ThreadNote, CannedReply, OnCall)


def register() -> None:
    subscribe("workspace.purged", delete_inbox)
    subscribe("member.role_changed", _hear_of_role)
    subscribe("member.removed", _hear_of_leaving)
    subscribe("member.left", _hear_of_leaving)
    hooks.on_person_requested(_call_people)
    register_beside(open_waiting)
    declare_lists()
    ring_for_mentions()
    register_holding(VisitorsHolding(ThreadNote, "Notes beside conversations", _of_visitors))


def delete_inbox(event: Event) -> None:
    for model in _TABLES:
        mine = delete(model).where(model.workspace_id == int(event.subject.id))
        db.session.execute(mine.execution_options(synchronize_session=False))


def _call_people(conversation: Conversation) -> None:
    enqueue(mail_on_call, conversation.public_id.hex)


def _hear_of_role(event: Event) -> None:
    if not role_may(event.after.get("role"), RIGHT):
        _hear_of_leaving(event)


def _hear_of_leaving(event: Event) -> None:
    """Whoever answers no more holds nothing."""
    if event.subject.workspace_id is not None:
        release_all_of(event.subject.workspace_id, int(event.subject.id), event.by)


def _of_visitors(ids: Any, _visitor: str) -> Any:
    mine = select(Conversation.id).where(Conversation.visitor_id.in_(ids))
    return ThreadNote.conversation_id.in_(mine)
