"""Conversations as they are kept, without anybody having had them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pitchbar.agents.models import Agent
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, VISITOR, Conversation, Message, Visitor
from pitchbar.core import clock
from pitchbar.extensions import db


def make_talk(
    agent: Agent,
    *questions: str,
    at: datetime | None = None,
    refused: int = 0,
    first_token_ms: int = 100,
    feedback: str | None = None,
    **values: Any,
) -> Conversation:
    """Each question is answered, but for the first `refused` ones."""
    at = at or clock.now() - timedelta(hours=1)
    visitor = Visitor(workspace_id=agent.workspace_id, public_id=uuid4())
    db.session.add(visitor)
    db.session.flush()
    talk = Conversation(
        public_id=uuid4(),
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        visitor_id=visitor.id,
        started_at=at,
        last_message_at=at,
        refused=refused,
        answered=len(questions) - refused,
        **values,
    )
    db.session.add(talk)
    db.session.flush()
    for number, text in enumerate(questions):
        asked = new_id()
        answered = new_id(asked)
        said_at = at + timedelta(seconds=2 * number)
        common = {"workspace_id": agent.workspace_id, "conversation_id": talk.id}
        db.session.add(Message(id=asked, role=VISITOR, text=text, created_at=said_at, **common))
        answer = Message(
            id=answered,
            role=AGENT,
            text="So it is.",
            mode="extractive",
            created_at=said_at + timedelta(seconds=1),
            is_refused=number < refused,
            first_token_ms=first_token_ms,
            feedback=feedback,
            **common,
        )
        db.session.add(answer)
    db.session.commit()
    return talk
