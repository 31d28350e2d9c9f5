"""Conversations as what a file holds: whole ones in JSON, a row for each message in CSV."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from pitchbar.agents.models import Agent
from pitchbar.analytics.exports.contents import Content, Part, declare_content
from pitchbar.chat.models import Conversation, Message
from pitchbar.codes.queries import names_of
from pitchbar.extensions import db
from pitchbar.jobs import Task
from pitchbar.leads.models import Lead, LeadConversation
from pitchbar.visitors.exports.selection import Selection
from pitchbar.workspaces.models import Workspace

CONVERSATIONS = "conversations"
KINDS = ("csv", "json")
# Of a part: what a job that is cut off does again.
_PART = 200
_OF_CONVERSATION = (
    *("conversation_id", "started_at", "last_message_at", "status", "agent", "code"),
    *("page_url", "language", "rating", "lead_email"),
)
_OF_MESSAGE = ("message_id", "at", "role", "text", "mode", "low_confidence", "refused", "feedback")

Row = dict[str, Any]


def declare_conversations() -> None:
    declare_content(
        Content(
            CONVERSATIONS,
            "Conversations",
            "conversations",
            lambda _kind: (*_OF_CONVERSATION, *_OF_MESSAGE),
            _parts,
            _task,
            _describe,
            "conversation_exports.new",
        )
    )


def count_conversations(workspace: Workspace, selection: Selection) -> int:
    counted = select(func.count()).select_from(Conversation)
    return db.session.scalar(counted.where(*selection.where(workspace))) or 0


def _task() -> Task:
    from pitchbar.visitors.exports.tasks import export_conversations

    return export_conversations


def _describe(workspace: Workspace, query: str) -> str:
    names = select(Agent.id, Agent.name).where(Agent.workspace_id == workspace.id)
    return Selection.read(query).in_words({row.id: row.name for row in db.session.execute(names)})


def _parts(workspace: Workspace, query: str, kind: str, place: str) -> Iterator[Part]:
    """By id: a conversation in which somebody writes meanwhile keeps its place."""
    conditions = Selection.read(query).where(workspace)
    ids = select(Conversation.id).where(*conditions, Conversation.id > int(place or 0))
    wanted = db.session.scalars(ids.order_by(Conversation.id)).all()
    for start in range(0, len(wanted), _PART):
        chosen = wanted[start : start + _PART]
        rows = list(_rows(workspace, chosen, kind))
        yield Part(rows, len(chosen), str(chosen[-1]))


def _rows(workspace: Workspace, ids: Sequence[int], kind: str) -> Iterator[Row]:
    mine = select(Conversation).where(Conversation.id.in_(ids)).order_by(Conversation.id)
    conversations = db.session.scalars(mine).all()
    messages = _messages(ids)
    agents = {one.agent_id for one in conversations}
    named = db.session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(agents)))
    names = {row.id: row.name for row in named}
    codes = names_of(workspace, {one.code_id for one in conversations if one.code_id})
    emails = _emails(ids)
    for one in conversations:
        code = codes[one.code_id].name if one.code_id else ""
        told = _told(one, names.get(one.agent_id, ""), code, emails.get(one.id, ""))
        said = [_said(message) for message in messages[one.id]]
        if kind == "json":
            yield {**told, "pages": one.pages or [], "messages": said}
        else:
            empty: Row = dict.fromkeys(_OF_MESSAGE, "")
            yield from ({**told, **message} for message in said or [empty])


def _told(one: Conversation, agent: str, code: str, email: str) -> Row:
    values = (
        *(str(one.public_id), one.started_at, one.last_message_at, one.status, agent, code),
        *(one.page_url, one.language, one.feedback or "", email),
    )
    return dict(zip(_OF_CONVERSATION, values, strict=True))


def _said(message: Message) -> Row:
    values = (
        *(str(message.id), message.created_at, message.role, message.text, message.mode),
        *(message.low_confidence, message.is_refused, message.feedback or ""),
    )
    return dict(zip(_OF_MESSAGE, values, strict=True))


def _messages(ids: Sequence[int]) -> Mapping[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    query = select(Message).where(Message.conversation_id.in_(ids)).order_by(Message.id)
    for message in db.session.scalars(query):
        found[message.conversation_id].append(message)
    return found


def _emails(ids: Sequence[int]) -> dict[int, str]:
    query = (
        select(LeadConversation.conversation_id, Lead.email)
        .join(Lead, Lead.id == LeadConversation.lead_id)
        .where(LeadConversation.conversation_id.in_(ids))
    )
    return {row.conversation_id: row.email for row in db.session.execute(query)}
