"""What a page of the inbox shows, whole or in the parts that move while it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_login import current_user
from sqlalchemy import select

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.hours import is_open
from pitchbar.agents.models import Agent
from pitchbar.chat.changes import is_typing
from pitchbar.chat.models import Conversation, Message
from pitchbar.chat.queries import names_of
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.inbox.canned import filled, list_canned
from pitchbar.inbox.lists import (
    LISTS,
    Asked,
    count_lists,
    count_mine,
    count_waiting,
    list_conversations,
)
from pitchbar.inbox.members import is_on_call, list_answering
from pitchbar.inbox.models import ThreadNote
from pitchbar.inbox.notes import list_tags, tags_of
from pitchbar.inbox.panels import draw_panels
from pitchbar.inbox.presence import others_present
from pitchbar.inbox.rows import Row, as_seen_by, load_for_all, load_rows
from pitchbar.inbox.shared import read_shared
from pitchbar.inbox.snoozes import snooze_choices
from pitchbar.inbox.threads import list_notes
from pitchbar.workspaces.models import Workspace

MESSAGES_SHOWN = 100
_CODES_OFFERED = 200


@dataclass(frozen=True)
class Line:
    """A message or a note of the thread, at its time."""

    at: datetime
    message: Message | None
    note: ThreadNote | None
    author: str


def list_part(
    workspace: Workspace, asked: Asked, with_thread: Conversation | None = None
) -> dict[str, Any]:
    """`row` is that of the thread, read along with those of the list."""
    found, after = list_conversations(workspace.id, current_user.id, asked)
    is_beside = with_thread is not None and with_thread not in found
    wanted = [*found, with_thread] if is_beside and with_thread else found
    rows = load_rows(wanted, current_user.id)
    part = {
        "workspace": workspace,
        "asked": asked,
        "lists": LISTS,
        "counts": count_lists(workspace.id, current_user.id),
        "rows": rows[: len(found)],
        "next_cursor": after,
    }
    if with_thread is not None:
        part["row"] = next(row for row in rows if row.conversation is with_thread)
    return part


def shared_list_part(workspace: Workspace, asked: Asked) -> dict[str, Any]:
    """The same for a page that stands open, as many do: read once for all of them."""
    person_id = current_user.id

    def load() -> tuple[Any, ...]:
        found, after = list_conversations(workspace.id, person_id, asked)
        return load_for_all(found), after, count_waiting(workspace.id)

    key = (asked, person_id if asked.list == "mine" else 0)
    rows, after, waiting = read_shared(workspace.id, key, load)
    return {
        "workspace": workspace,
        "asked": asked,
        "lists": LISTS,
        "counts": {"mine": count_mine(workspace.id, person_id), "waiting": waiting},
        "rows": as_seen_by(rows, person_id),
        "next_cursor": after,
    }


def filter_part(workspace: Workspace, role: str | None) -> dict[str, Any]:
    agents = select(Agent).where(Agent.workspace_id == workspace.id).order_by(Agent.name)
    return {
        **code_choices(workspace),
        "agents": db.session.scalars(agents.limit(100)).all(),
        "all_tags": list_tags(workspace.id),
        "on_call": is_on_call(workspace.id, current_user.id, role),
    }


def code_choices(workspace: Workspace) -> dict[str, Any]:
    """The newest codes, and their campaigns."""
    mine = select(Code.id, Code.name, Code.campaign).where(
        Code.workspace_id == workspace.id, Code.deleted_at.is_(None)
    )
    codes = db.session.execute(mine.order_by(Code.id.desc()).limit(_CODES_OFFERED)).all()
    return {
        "codes": sorted(codes, key=lambda one: one.name.lower()),
        "campaigns": sorted({one.campaign for one in codes if one.campaign}, key=str.lower),
    }


def code_named(workspace: Workspace, code_id: int) -> str:
    code = db.session.get(Code, code_id) if code_id else None
    return code.name if code and code.workspace_id == workspace.id else "another code"


def thread_part(
    workspace: Workspace,
    conversation: Conversation,
    before: UUID | None = None,
    *,
    is_whole: bool = True,
) -> dict[str, Any]:
    """All but the `row`; also what stands beside where it is asked for."""
    lines, has_earlier = _lines(conversation, before)
    config = _config_of(conversation)
    return {
        "thread": conversation,
        "lines": lines,
        "has_earlier": has_earlier,
        "others": others_present(conversation.public_id, current_user.id),
        "visitor_types": is_typing(conversation.public_id, "visitor"),
        "is_mine": conversation.taken_over_by == current_user.id,
        "is_open_now": is_open(config.hours, workspace.time_zone, clock.now()) if config else None,
        "has_hours": bool(config and config.hours is not None),
        "is_whole": is_whole,
        "tags": tags_of(conversation) if is_whole else [],
        "panels": draw_panels(workspace, conversation) if is_whole else [],
    }


def composer_part(workspace: Workspace, conversation: Conversation, row: Row) -> dict[str, Any]:
    lead = row.lead
    names = {"visitor": lead.name if lead else "", "agent": row.agent, "me": current_user.name}
    return {
        "thread": conversation,
        "row": row,
        "canned": [(one, filled(one.text, **names)) for one in list_canned(workspace.id)],
        "members": list_answering(workspace.id),
        "snoozes": snooze_choices(workspace.time_zone, clock.now()),
    }


def _lines(conversation: Conversation, before: UUID | None) -> tuple[Sequence[Line], bool]:
    mine = select(Message).where(Message.conversation_id == conversation.id)
    if before is not None:
        mine = mine.where(Message.id < before)
    latest = mine.order_by(Message.id.desc()).limit(MESSAGES_SHOWN + 1)
    found = db.session.scalars(latest).all()
    messages = list(found[:MESSAGES_SHOWN])[::-1]
    has_earlier = len(found) > MESSAGES_SHOWN
    since = messages[0].created_at if messages and has_earlier else None
    notes = [] if before is not None else list_notes(conversation, since)
    authors = [*(one.author_id for one in messages), *(one.author_id for one in notes)]
    names = names_of([one for one in authors if one])
    lines = [
        *(Line(one.created_at, one, None, names.get(one.author_id or 0, "")) for one in messages),
        *(Line(one.created_at, None, one, names.get(one.author_id or 0, "")) for one in notes),
    ]
    return sorted(lines, key=lambda line: line.at), has_earlier


def _config_of(conversation: Conversation) -> AgentConfig | None:
    agent = db.session.get(Agent, conversation.agent_id)
    return AgentConfig.of(agent.draft) if agent else None
