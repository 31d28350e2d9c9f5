"""What is shown of each conversation in a list, and of the one that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select

from pitchbar.agents.models import Agent
from pitchbar.chat.changes import is_typing
from pitchbar.chat.models import Conversation, Lead, Message, Visitor
from pitchbar.chat.queries import names_of
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.inbox.models import Tag, TagUse, ThreadSeen


@dataclass(frozen=True)
class Row:
    """Attributes:
    name: of the visitor, as far as it is known.
    last: what was said last.
    code: by which the visitor came.
    """

    conversation: Conversation
    name: str
    agent: str
    last: Message | None
    holder: str
    code: Code | None
    lead: Lead | None
    tags: tuple[str, ...]
    is_unread: bool
    is_typing: bool

    @property
    def is_waiting(self) -> bool:
        one = self.conversation
        return one.human_requested_at is not None and one.taken_over_by is None

    @property
    def look(self) -> tuple[object, ...]:
        """All that a list shows of it: what is equal would be drawn alike."""
        one, last = self.conversation, self.last
        return (
            one.public_id,
            one.last_message_at,
            one.status,
            one.is_unanswered,
            self.is_waiting,
            self.name,
            last and (last.role, last.text[:140]),
            self.holder,
            self.code and self.code.name,
            self.lead is not None,
            self.tags,
            self.is_unread,
            self.is_typing,
        )


def load_rows(conversations: Sequence[Conversation], person_id: int) -> list[Row]:
    """By a few statements for all of them."""
    ids = [one.id for one in conversations]
    if not ids:
        return []
    visitors = _visitors(conversations)
    leads = {one.conversation_id: one for one in db.session.scalars(leads_of(ids))}
    agents = _names(Agent, [one.agent_id for one in conversations])
    codes = _codes(conversations)
    holders = names_of([one.taken_over_by for one in conversations if one.taken_over_by])
    last, tags, seen = _last_messages(ids), _tags(ids), _seen(ids, person_id)
    rows = []
    for one in conversations:
        lead = leads.get(one.id)
        rows.append(
            Row(
                conversation=one,
                name=visitor_name(lead, visitors.get(one.visitor_id, "")),
                agent=agents.get(one.agent_id, "A deleted agent"),
                last=last.get(one.id),
                holder=holders.get(one.taken_over_by or 0, "Somebody else")
                if one.taken_over_by
                else "",
                code=codes.get(one.code_id or 0),
                lead=lead,
                tags=tuple(tags.get(one.id, ())),
                is_unread=_is_unread(one, seen),
                is_typing=is_typing(one.public_id, "visitor"),
            )
        )
    return rows


def load_for_all(conversations: Sequence[Conversation]) -> list[Row]:
    """As nobody has seen them, and not bound to a session: for pages of several people."""
    rows = load_rows(conversations, 0)
    for row in rows:
        for one in (row.conversation, row.last, row.code, row.lead):
            if one is not None and one in db.session:
                db.session.expunge(one)
    return rows


def as_seen_by(rows: Sequence[Row], person_id: int) -> list[Row]:
    seen = _seen([row.conversation.id for row in rows], person_id)
    return [replace(row, is_unread=_is_unread(row.conversation, seen)) for row in rows]


def _is_unread(one: Conversation, seen: Mapping[int, datetime]) -> bool:
    seen_at = seen.get(one.id)
    return seen_at is None or seen_at < one.last_message_at


def visitor_name(lead: Lead | None, public_id: str) -> str:
    if lead is not None and (lead.name or lead.email):
        return lead.name or lead.email
    return f"Visitor {public_id[:4]}"


def _visitors(conversations: Sequence[Conversation]) -> dict[int, str]:
    ids = {one.visitor_id for one in conversations}
    found = select(Visitor.id, Visitor.public_id).where(Visitor.id.in_(ids))
    return {row.id: row.public_id.hex for row in db.session.execute(found)}


def _names(model: type[Agent], ids: Sequence[int]) -> dict[int, str]:
    found = select(model.id, model.name).where(model.id.in_(set(ids)))
    return {row.id: row.name for row in db.session.execute(found)}


def _codes(conversations: Sequence[Conversation]) -> dict[int, Code]:
    workspace_id = conversations[0].workspace_id
    ids = {one.code_id for one in conversations if one.code_id}
    if not ids:
        return {}
    found = select(Code).where(Code.id.in_(ids), Code.workspace_id == workspace_id)
    return {one.id: one for one in db.session.scalars(found.where(Code.deleted_at.is_(None)))}


def _last_messages(ids: Sequence[int]) -> dict[int, Message]:
    newest = (
        select(Message.id)
        .where(Message.conversation_id == Conversation.id)
        .order_by(Message.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    last_ids = db.session.scalars(select(newest).where(Conversation.id.in_(ids))).all()
    found = select(Message).where(Message.id.in_([one for one in last_ids if one]))
    return {one.conversation_id: one for one in db.session.scalars(found)}


def _tags(ids: Sequence[int]) -> dict[int, list[str]]:
    used = select(TagUse.conversation_id, Tag.name).join(Tag, Tag.id == TagUse.tag_id)
    found: dict[int, list[str]] = {}
    for row in db.session.execute(used.where(TagUse.conversation_id.in_(ids)).order_by(Tag.name)):
        found.setdefault(row.conversation_id, []).append(row.name)
    return found


def _seen(ids: Sequence[int], person_id: int) -> dict[int, datetime]:
    mine = select(ThreadSeen.conversation_id, ThreadSeen.seen_at).where(
        ThreadSeen.conversation_id.in_(ids), ThreadSeen.person_id == person_id
    )
    return {row.conversation_id: row.seen_at for row in db.session.execute(mine)}


def leads_of(conversation_ids: Sequence[int]) -> Select[Lead]:
    return select(Lead).where(Lead.conversation_id.in_(conversation_ids))
