"""The demo's conversations of the last month: what visitors asked the guide to Pitchbar, some of
whom came by a code, and where a person of the team joined.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.answers.refusal import UNKNOWN
from pitchbar.chat.demo_stories import STORIES, Story
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import (
    AGENT,
    ENDED,
    OPEN,
    PERSON,
    VISITOR,
    Conversation,
    Lead,
    Message,
    Visitor,
)
from pitchbar.chat.monthly.counting import note_begun
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def make_demo(workspace: Workspace, owner: Person) -> None:
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    if agent is None:
        return
    for story in STORIES:
        _tell(story, agent, owner)


def _tell(story: Story, agent: Agent, owner: Person) -> None:
    at = clock.now() - timedelta(hours=story.hours)
    scan = _scan(agent.workspace_id, story.code, at)
    conversation = _begin(story, agent, at, scan)
    for role, text, document in story.said:
        _say(conversation, role, text, document, at, owner)
        at += timedelta(seconds=4 if role == VISITOR else 50)
    if story.lead[0]:
        email, name = story.lead
        db.session.add(
            Lead(
                workspace_id=agent.workspace_id,
                conversation_id=conversation.id,
                email=email,
                name=name,
                fields=dict(story.fields),
                created_at=at,
                updated_at=at,
            )
        )
    conversation.feedback = story.feedback or None
    if story.state == "held":
        conversation.taken_over_by = owner.id
    elif story.state == "waiting":
        conversation.human_requested_at = clock.now()
    elif story.state == ENDED:
        conversation.ended_at = at + timedelta(hours=24)
    db.session.flush()


def _begin(story: Story, agent: Agent, at: datetime, scan: Scan | None) -> Conversation:
    visitor = Visitor(workspace_id=agent.workspace_id, public_id=uuid4(), created_at=at, seen_at=at)
    db.session.add(visitor)
    db.session.flush()
    conversation = Conversation(
        public_id=new_id(),
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        agent_version=1,
        visitor_id=visitor.id,
        status=ENDED if story.state == ENDED else OPEN,
        page_url=f"{current_settings().app_url}{story.page}",
        language=story.language,
        scan_id=scan.id if scan else None,
        code_id=scan.code_id if scan else None,
        messages=0,
        started_at=at,
        last_message_at=at,
    )
    db.session.add(conversation)
    db.session.flush()
    note_begun(conversation)
    return conversation


def _say(
    conversation: Conversation, role: str, text: str, document: str, at: datetime, owner: Person
) -> None:
    is_refused = text == UNKNOWN
    cited = [{"n": 1, "url": "", "title": document.capitalize(), "quote": text}]
    message = Message(
        id=new_id(),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        role=role,
        text=f"{text} [1]" if document else text,
        created_at=at,
        mode="extractive" if document else "",
        citations=cited if document else [],
        is_refused=is_refused,
        low_confidence=is_refused,
        latency_ms=140 if role == AGENT else None,
        author_id=owner.id if role == PERSON else None,
    )
    db.session.add(message)
    db.session.flush()
    conversation.messages += 1
    conversation.last_message_at = at
    if role == AGENT:
        conversation.is_unanswered = is_refused
    elif role == PERSON:
        conversation.is_unanswered = False
        conversation.first_claimed_at = conversation.first_claimed_at or at


def _scan(workspace_id: int, short_code: str, before: datetime) -> Scan | None:
    """A person's last one of that code by then."""
    if not short_code:
        return None
    code = select(Code.id).where(Code.workspace_id == workspace_id, Code.short_code == short_code)
    found = select(Scan).where(
        Scan.code_id.in_(code), Scan.set_apart.is_(None), Scan.scanned_at < before
    )
    return db.session.scalars(found.order_by(Scan.scanned_at.desc()).limit(1)).first()
