"""Some weeks of conversations with the demo's agent, so that figures have something to tell."""

from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, ENDED, UP, VISITOR, Conversation, Message, Visitor
from pitchbar.chat.monthly.counting import note_begun
from pitchbar.chat_analytics.models import CitedSource
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.sources.models import Source
from pitchbar.workspaces.models import Workspace

_DAYS = 45
_TALK = (
    ("How long are scans kept?", "Scans are kept for as long as PRIVACY_SCAN_RETENTION_DAYS says."),
    ("For how long do you keep scans?", "As long as PRIVACY_SCAN_RETENTION_DAYS says."),
    ("Does the redirect set a cookie?", "No, the redirect sets no cookie."),
    ("When is a scan a repeat?", "A repeat is a scan that follows another of the same visitor."),
)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    if agent is None:
        return
    docs = select(Source.id).where(Source.workspace_id == workspace.id).order_by(Source.id)
    source_id = db.session.scalars(docs).first()
    today = clock.local_date(clock.now(), workspace.time_zone)
    drawn = Random(7)  # the same demo each time
    for days_ago in range(1, _DAYS):
        told = [_converse(agent, days_ago, drawn) for _ in range(drawn.choice((0, 1, 1, 2, 3)))]
        if source_id is not None and told:
            cited = CitedSource(
                workspace_id=workspace.id,
                agent_id=agent.id,
                source_id=source_id,
                day=today - timedelta(days=days_ago),
                answers=sum(told),
            )
            db.session.add(cited)


def _converse(agent: Agent, days_ago: int, drawn: Random) -> int:
    """How many questions were answered."""
    at = clock.now() - timedelta(days=days_ago, minutes=drawn.randrange(600))
    visitor = Visitor(
        workspace_id=agent.workspace_id,
        public_id=UUID(int=drawn.getrandbits(128)),
        created_at=at,
        seen_at=at,
    )
    db.session.add(visitor)
    db.session.flush()
    asked = drawn.sample(_TALK, drawn.choice((1, 1, 2)))
    talk = Conversation(
        public_id=new_id(),
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        agent_version=1,
        visitor_id=visitor.id,
        status=ENDED,
        answered=len(asked),
        messages=2 * len(asked),
        handed_over_at=at if drawn.random() < 0.15 else None,
        feedback=UP if drawn.random() < 0.3 else None,
        started_at=at,
        last_message_at=at + timedelta(minutes=2 * len(asked)),
        ended_at=at + timedelta(days=1),
    )
    db.session.add(talk)
    db.session.flush()
    note_begun(talk)
    for number, (question, answer) in enumerate(asked):
        said_at = at + timedelta(minutes=number)
        mine = {"workspace_id": agent.workspace_id, "conversation_id": talk.id}
        first = new_id()
        db.session.add(Message(id=first, role=VISITOR, text=question, created_at=said_at, **mine))
        took = drawn.randrange(60, 400)
        db.session.add(
            Message(
                id=new_id(first),
                role=AGENT,
                text=answer,
                mode="extractive",
                first_token_ms=took,
                latency_ms=took + 20,
                created_at=said_at + timedelta(milliseconds=took),
                **mine,
            )
        )
    return len(asked)
