from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, VISITOR, Conversation, Message, Visitor
from pitchbar.chat.models import Lead as SentForm
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.leads.capturing import keep_person
from pitchbar.leads.models import Lead
from pitchbar.workspaces.models import Workspace
from tests.agents.factories import make_agent

_numbers = count(1)


def make_conversation(
    workspace: Workspace,
    *,
    visitor: Visitor | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Conversation:
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    agent, at = agent or make_agent(workspace), at or clock.now()
    if visitor is None:
        visitor = Visitor(workspace_id=workspace.id, public_id=uuid4())
        db.session.add(visitor)
        db.session.flush()
    conversation = Conversation(
        **{
            "public_id": new_id(),
            "workspace_id": workspace.id,
            "agent_id": agent.id,
            "visitor_id": visitor.id,
            "started_at": at,
            "last_message_at": at,
            **values,
        }
    )
    db.session.add(conversation)
    db.session.flush()
    return conversation


def say(
    conversation: Conversation, text: str, *, answer: str = "Yes.", at: datetime | None = None
) -> None:
    at = at or clock.now()
    question_id = new_id()
    for message_id, role, said in (
        (question_id, VISITOR, text),
        (new_id(question_id), AGENT, answer),
    ):
        message = Message(
            id=message_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            role=role,
            text=said,
            created_at=at,
        )
        db.session.add(message)
        conversation.messages += 1
    conversation.last_message_at = at
    db.session.flush()


def leave_address(
    conversation: Conversation, email: str = "", *, at: datetime | None = None, **values: Any
) -> Lead:
    email = email or f"visitor{next(_numbers)}@mail.example"
    at = at or clock.now()
    form = db.session.scalar(
        select(SentForm).where(SentForm.conversation_id == conversation.id)
    ) or SentForm(
        workspace_id=conversation.workspace_id, conversation_id=conversation.id, created_at=at
    )
    form.email, form.updated_at = email, at
    form.name, form.phone = values.get("name", ""), values.get("phone", "")
    form.fields = values.get("fields", {})
    db.session.add(form)
    db.session.flush()
    lead, _ = keep_person(conversation, form)
    return lead


def make_lead(workspace: Workspace, email: str = "", **values: Any) -> Lead:
    """Commits."""
    lead = leave_address(make_conversation(workspace), email, **values)
    db.session.commit()
    return lead
