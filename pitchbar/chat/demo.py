"""The demo's conversations of the last month: what visitors asked the guide to Pitchbar, some of
whom came by a code, and where a person of the team joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.answers.refusal import UNKNOWN
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import (
    AGENT,
    ENDED,
    OPEN,
    PERSON,
    UP,
    VISITOR,
    Conversation,
    Lead,
    Message,
    Visitor,
)
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# What is said: by the visitor, the agent with the document it quotes, a refusal, or the owner.
Said = tuple[str, str, str]


def _asks(text: str) -> Said:
    return (VISITOR, text, "")


def _answers(text: str, document: str) -> Said:
    return (AGENT, text, document)


def _joins(text: str) -> Said:
    return (PERSON, text, "")


_REFUSES: Said = (AGENT, UNKNOWN, "")


@dataclass(frozen=True)
class _Story:
    """One conversation; `hours` ago it began. `code` is the short code that was scanned before."""

    hours: float
    said: Sequence[Said]
    code: str = ""
    page: str = "/docs"
    language: str = "en"
    lead: tuple[str, str] = ("", "")
    feedback: str = ""
    state: str = ENDED
    fields: dict[str, str] = field(default_factory=dict)


_KEPT = "People are the scans that were made by a person, as far as can be told."
_REPEAT = (
    "A repeat is another scan of one code by the same visitor within two seconds of the first."
)
_COOKIES = "Visitors are counted without cookies."
_SURE = "Below the threshold the agent says that it does not know."
_ROBOT = "Robots are kept with the reason, and do not count as people."
_ARCHIVED = "An archived code is set aside with all its scans, and can be taken back."

_STORIES = (
    _Story(700, (_asks("What is a repeat?"), _answers(_REPEAT, "concepts")), "menu"),
    _Story(
        655,
        (
            _asks("Do you set cookies on my guests' phones?"),
            _answers(_COOKIES, "concepts"),
            _asks("And after two days, can you tell who it was?"),
            _answers("The secret is destroyed after 48 hours.", "concepts"),
        ),
        feedback=UP,
        lead=("grace@harbour-books.example", "Grace"),
        fields={"company": "Harbour Books"},
    ),
    _Story(590, (_asks("Can I pay by invoice?"), _REFUSES), "window"),
    _Story(512, (_asks("Are robots counted?"), _answers(_ROBOT, "concepts")), "bag"),
    _Story(
        430,
        (
            _asks("What happens to printed cards when I archive a code?"),
            _answers(_ARCHIVED, "concepts"),
            _asks("Can I talk to somebody about it?"),
            _joins("Hello, I am here. Your cards keep working: archived codes can be taken back."),
            _asks("That helps, thank you."),
        ),
        "menu",
        feedback=UP,
    ),
    _Story(371, (_asks("Was zählt als Mensch?"), _answers(_KEPT, "concepts")), language="de"),
    _Story(
        298,
        (_asks("Is there a discount for schools?"), _REFUSES),
        "loyal",
        lead=("ada@quay-school.example", "Ada"),
        fields={"company": "Quay School"},
    ),
    _Story(251, (_asks("How many people scanned?"), _answers(_KEPT, "concepts")), "wine"),
    _Story(
        190, (_asks("What is a source?"), _answers("A source is what an agent reads.", "concepts"))
    ),
    _Story(
        149,
        (
            _asks("When does the agent refuse to answer?"),
            _answers(_SURE, "concepts"),
            _asks("Which number should I set?"),
            _REFUSES,
        ),
        "station",
    ),
    _Story(
        98,
        (
            _asks("I would like to print 400 table cards. Who can help?"),
            _joins("I can. Which paper do you have in mind?"),
            _asks("Recycled, if that is possible."),
            _joins("It is. I will send you two proofs today."),
        ),
        "menu",
        lead=("hello@mill-street-cafe.example", "Mill Street Café"),
    ),
    _Story(41, (_asks("Wird mein Standort gespeichert?"), _REFUSES), "window", language="de"),
    _Story(
        6,
        (
            _asks("What is shown when a code has ended?"),
            _answers("Its fallback, or a page that says so.", "concepts"),
        ),
        "fest24",
        state=OPEN,
    ),
    _Story(
        1.2,
        (
            _asks("Does a repeat cost me anything?"),
            _answers(_REPEAT, "concepts"),
            _asks("I meant my plan. Is a person there?"),
            _joins("Yes. Repeats are set apart, and people are what you are shown."),
            _asks("Good. And robots?"),
        ),
        "menu",
        state="held",
    ),
    _Story(
        0.02,
        (
            _asks("Can you move our codes from another service?"),
            _REFUSES,
            _asks("Then I would like to talk to a person."),
        ),
        "bag",
        page="/docs/codes",
        state="waiting",
    ),
)


def make_demo(workspace: Workspace, owner: Person) -> None:
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    if agent is None:
        return
    for story in _STORIES:
        _tell(story, agent, owner)


def _tell(story: _Story, agent: Agent, owner: Person) -> None:
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


def _begin(story: _Story, agent: Agent, at: datetime, scan: Scan | None) -> Conversation:
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
