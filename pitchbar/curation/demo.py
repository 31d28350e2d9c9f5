"""The demo's conversations: what visitors asked that the documentation does not say, and an answer
that somebody wrote.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.answers.refusal import UNKNOWN
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, ENDED, VISITOR, Conversation, Message, Visitor
from pitchbar.chat.monthly.counting import note_begun
from pitchbar.core import clock
from pitchbar.curation.gaps import add_question
from pitchbar.curation.models import REFUSED
from pitchbar.curation.services import create_curated
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# Hours ago, and what was asked then.
_ASKED = (
    (75, ("Is there an app for phones?",)),
    (52, ("Can I import my links from another service?", "Is there a mobile app?")),
    (31, ("Do you have an app for my phone?",)),
    (9, ("Can links of another service be imported?",)),
)
_QUESTION = "How do I sign in to the demo?"
_ANSWER = (
    "With the address and the password that were printed where the server was started. "
    "The README names them, too."
)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    if agent is None:
        return
    create_curated(agent, SYSTEM, current_settings(), question=_QUESTION, answer=_ANSWER)
    for hours, questions in _ASKED:
        conversation = _converse(agent, hours)
        for n, text in enumerate(questions):
            at = conversation.started_at + timedelta(minutes=n)
            asked = _say(conversation, VISITOR, text, at)
            _say(conversation, AGENT, UNKNOWN, at, is_refused=True, low_confidence=True)
            add_question(conversation, asked, "", REFUSED)
            conversation.refused += 1


def _converse(agent: Agent, hours_ago: int) -> Conversation:
    at = clock.now() - timedelta(hours=hours_ago)
    visitor = Visitor(workspace_id=agent.workspace_id, public_id=uuid4(), created_at=at, seen_at=at)
    db.session.add(visitor)
    db.session.flush()
    conversation = Conversation(
        public_id=uuid4(),
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        agent_version=1,
        visitor_id=visitor.id,
        status=ENDED,
        started_at=at,
        last_message_at=at,
        ended_at=at + timedelta(hours=1),
    )
    db.session.add(conversation)
    db.session.flush()
    note_begun(conversation)
    return conversation


def _say(conversation: Conversation, role: str, text: str, at: datetime, **facts: bool) -> Message:
    message = Message(
        id=new_id(),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        role=role,
        text=text,
        created_at=at,
        **facts,
    )
    conversation.messages += 1
    conversation.last_message_at = at
    db.session.add(message)
    db.session.flush()
    return message
