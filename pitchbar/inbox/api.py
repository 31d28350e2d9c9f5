from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint
from sqlalchemy import select, tuple_

from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import Conversation
from pitchbar.chat.queries import list_last, names_of
from pitchbar.extensions import db
from pitchbar.inbox.lists import read_place, write_cursor
from pitchbar.inbox.payloads import (
    ConversationBody,
    ConversationDetail,
    ConversationList,
    ConversationsQuery,
    OriginBody,
    SaidBody,
)
from pitchbar.inbox.rows import Row, load_rows
from pitchbar.inbox.threads import get_conversation
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    34,
    "Conversations",
    "What visitors and agents said to each other, and where people joined.",
    {
        "conversation_id": PathParameter(
            "The conversation's id.", "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21"
        )
    },
)
_SAID = 200

bp = Blueprint("conversations_api", __name__, url_prefix="/api/v1/workspaces/<slug>/conversations")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=ConversationsQuery, response=ConversationList, errors=(422,))
def index(workspace: Workspace, query: ConversationsQuery) -> ConversationList:
    """List conversations

    Those that were spoken in last come first.
    """
    mine = select(Conversation).where(Conversation.workspace_id == workspace.id)
    for name in ("status", "agent_id", "code_id"):
        if (wanted := getattr(query, name)) is not None:
            mine = mine.where(getattr(Conversation, name) == wanted)
    start = query.start(read_place)
    if start is not None:
        mine = mine.where(tuple_(Conversation.last_message_at, Conversation.id) < tuple_(*start))
    ordered = mine.order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    found = db.session.scalars(ordered.limit(query.per_page + 1)).all()
    shown = found[: query.per_page]
    more = write_cursor(shown[-1]) if len(found) > len(shown) else None
    return ConversationList(data=[_body(row) for row in _rows(shown)], next_cursor=more)


@bp.get("/<uuid:conversation_id>")
@requires_token("read")
@endpoint(TOPIC, response=ConversationDetail)
def show(workspace: Workspace, conversation_id: UUID) -> ConversationDetail:
    """Get a conversation"""
    put_all_in_place(conversation_id)
    conversation = get_conversation(workspace.id, conversation_id)
    said = list_last(conversation, _SAID)
    names = names_of([one.author_id for one in said if one.author_id])
    transcript = [
        SaidBody.model_validate(
            {
                "id": one.id,
                "role": one.role,
                "text": one.text,
                "at": one.created_at,
                "author": names.get(one.author_id or 0),
                "citations": one.citations,
            }
        )
        for one in said
    ]
    (row,) = _rows([conversation])
    return ConversationDetail(**_values(row), transcript=transcript)


def _rows(conversations: Sequence[Conversation]) -> list[Row]:
    return load_rows(conversations, person_id=0)


def _body(row: Row) -> ConversationBody:
    return ConversationBody(**_values(row))


def _values(row: Row) -> dict[str, Any]:
    one, code = row.conversation, row.code
    names = ("agent_id", "status", "messages", "page_url", "language", "started_at")
    short_code = (code.domain_short_code or code.short_code) if code else ""
    holder = {"id": one.taken_over_by, "name": row.holder} if one.taken_over_by else None
    return {
        **{name: getattr(one, name) for name in names},
        "id": one.public_id,
        "last_message_at": one.last_message_at,
        "origin": OriginBody(code_id=code.id, short_code=short_code) if code else None,
        "held_by": holder,
        "is_waiting": row.is_waiting,
        "is_unanswered": one.is_unanswered,
        "tags": list(row.tags),
    }
