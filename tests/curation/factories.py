"""Answers of people and unanswered questions, for tests of any feature."""

from typing import Any
from uuid import uuid4

from pitchbar.agents.models import Agent
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, VISITOR, Conversation, Message, Visitor
from pitchbar.curation.gaps import add_question
from pitchbar.curation.models import REFUSED, CuratedAnswer, Gap
from pitchbar.curation.services import create_curated
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings


def make_curated(agent: Agent, **fields: Any) -> CuratedAnswer:
    values = {"question": "When are you open?", "answer": "From nine to five."} | fields
    one = create_curated(agent, SYSTEM, current_settings(), **values)
    db.session.commit()
    return one


def make_conversation(agent: Agent) -> Conversation:
    visitor = Visitor(workspace_id=agent.workspace_id, public_id=uuid4())
    db.session.add(visitor)
    db.session.flush()
    conversation = Conversation(
        public_id=uuid4(),
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        visitor_id=visitor.id,
    )
    db.session.add(conversation)
    db.session.commit()
    return conversation


def say(conversation: Conversation, question: str, **answer: Any) -> tuple[Message, Message]:
    """A question and its answer, as they are kept."""
    said = []
    for role, text, more in ((VISITOR, question, {}), (AGENT, "So it is.", answer)):
        message = Message(
            id=new_id(),
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            role=role,
            text=text,
            **more,
        )
        db.session.add(message)
        said.append(message)
    db.session.commit()
    return said[0], said[1]


def make_gap(agent: Agent, *questions: str) -> Gap:
    conversation = make_conversation(agent)
    for question in questions or ("Do you sell spare wheels?",):
        asked, _ = say(conversation, question)
        add_question(conversation, asked, "", REFUSED)
    db.session.commit()
    return db.session.query(Gap).order_by(Gap.id.desc()).first() or Gap()
