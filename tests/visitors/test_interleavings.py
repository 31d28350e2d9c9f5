"""One planted person through scan, chat, lead and purchase among all others of a workspace: in each
of 1,000 random orders every step is there, and none of another's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from pitchbar.agents.models import Agent
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import AGENT, VISITOR, Conversation, Message, Visitor
from pitchbar.chat.models import Lead as SentForm
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.leads.models import Lead, LeadConversation
from pitchbar.scans.accepted import new_scan_id
from pitchbar.scans.models import Scan
from pitchbar.visitors.identities import conversations_of_lead, identify
from pitchbar.visitors.steps import list_steps, read_place
from pitchbar.workspaces.models import Workspace
from tests.agents.factories import make_agent
from tests.support.factories import People, make_code

ORDERS, ORDERS_OF_A_DAY, PEOPLE_OF_EACH = 1_000, 25, 3
# Every so many-th is looked at alone, page by page, and all others so many together.
ALONE_EACH, TOGETHER = 17, 20


@dataclass
class Planted:
    """Somebody, with what must stand on their timeline, by kind and id. In a browser in which they
    left no address they stay nobody: of what they do there only scans of that phone are known.
    """

    number: int
    email: str
    visitor: str
    browsers: list[int]
    steps: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class World:
    """Rows of all tables, to be written at once."""

    workspace: Workspace
    agent: Agent
    codes: list[int]
    rng: random.Random
    begins: datetime
    now: datetime
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)
    _last: int = 0

    def add(self, model: Any, **values: Any) -> None:
        self.rows.setdefault(model, []).append(values)

    def number(self) -> int:
        self._last += 1
        return self._last

    def write(self) -> None:
        order = (Visitor, Scan, Conversation, Message, SentForm, Lead, LeadConversation, Conversion)
        for model in order:
            rows = self.rows.get(model, [])
            for start in range(0, len(rows), 2_000):
                db.session.execute(insert(model), rows[start : start + 2_000])
        db.session.flush()

    def walk(self, one: Planted) -> Iterator[None]:
        """What one person does, from one `yield` to the next at another moment."""
        leads: dict[str, int] = {}
        lead_id = self.number()
        for turn, browser in enumerate(one.browsers):
            before = set(one.steps)
            scan_id = self._add_scan(one)
            yield
            conversation = self.number()
            code = self.rng.choice(self.codes)
            at = self.now
            url = f"https://shop.example/{one.number}"
            self.add(
                Conversation,
                id=conversation,
                public_id=new_id(),
                workspace_id=self.workspace.id,
                agent_id=self.agent.id,
                visitor_id=browser,
                status="open",
                page_url=url,
                language="",
                scan_id=scan_id,
                code_id=code,
                messages=2,
                feedback_text="",
                pages=[
                    {"url": url, "at": at.isoformat()},
                    {"url": f"{url}/more", "at": at.isoformat()},
                ],
                started_at=at,
                last_message_at=at,
            )
            one.steps |= {("start", f"{conversation:032}"), ("page", f"{conversation:024}{1:08}")}
            yield
            self._say(one, conversation, VISITOR)
            yield
            self._say(one, conversation, AGENT)
            yield
            is_left = turn == 0 or self.rng.random() < 0.7
            if is_left:
                self._leave_address(one, conversation, lead_id, leads)
                yield
            if self.rng.random() < 0.6:
                self._buy(one, scan_id, code)
                yield
            elsewhere = browser != one.browsers[0]
            if elsewhere and not is_left:
                one.steps = {step for step in one.steps if step in before or step[0] == "scan"}
            self._add_scan(one)
            yield

    def _add_scan(self, one: Planted) -> UUID:
        at = self.now
        scan_id = UUID(hex=new_scan_id(int(at.timestamp() * 1000), self.rng.getrandbits(74)))
        self.add(
            Scan,
            id=scan_id,
            scanned_at=at,
            code_id=self.rng.choice(self.codes),
            workspace_id=self.workspace.id,
            visitor=one.visitor,
        )
        one.steps.add(("scan", scan_id.hex))
        return scan_id

    def _say(self, one: Planted, conversation: int, role: str) -> None:
        message = new_id()
        self.add(
            Message,
            id=message,
            workspace_id=self.workspace.id,
            conversation_id=conversation,
            role=role,
            text=f"Said by {one.number}",
            created_at=self.now,
        )
        one.steps.add(("message", message.hex))

    def _leave_address(
        self, one: Planted, conversation: int, lead_id: int, leads: dict[str, int]
    ) -> None:
        mine = {"workspace_id": self.workspace.id, "email": one.email}
        form_id = self.number()
        times = {"created_at": self.now, "updated_at": self.now}
        self.add(SentForm, id=form_id, conversation_id=conversation, **mine, **times)
        if not leads:
            leads[one.email] = lead_id
            self.add(Lead, id=lead_id, agent_id=self.agent.id, last_at=self.now, **mine, **times)
        self.add(
            LeadConversation,
            conversation_id=conversation,
            lead_id=lead_id,
            workspace_id=self.workspace.id,
            created_at=self.now,
        )
        one.steps.add(("form", f"{form_id:032}"))

    def _buy(self, one: Planted, scan_id: UUID, code: int) -> None:
        bought = uuid4()
        self.add(
            Conversion,
            id=bought,
            workspace_id=self.workspace.id,
            code_id=code,
            scan_id=scan_id,
            scanned_at=self.now,
            event="purchase",
            order_id=bought.hex,
            value_minor=1250,
            currency="EUR",
            occurred_at=self.now,
            day=self.now.date(),
            scan_day=self.now.date(),
            source="pixel",
        )
        one.steps.add(("purchase", bought.hex))


def plant(world: World, number: int) -> Planted:
    """In one browser, in the same one twice, or in two that share an address."""
    kind = world.rng.choice(("once", "twice", "two browsers"))
    made = [world.number() for _ in range(2 if kind == "two browsers" else 1)]
    for browser in made:
        values = {"public_id": uuid4(), "created_at": world.now, "seen_at": world.now}
        world.add(Visitor, id=browser, workspace_id=world.workspace.id, **values)
    browsers = made * 2 if kind == "twice" else made
    return Planted(number, f"person{number}@mail.example", f"{number:032x}", browsers)


def interleave(world: World, people: list[Planted]) -> None:
    """In a random order, often two in one moment."""
    walks = [world.walk(one) for one in people]
    while walks:
        walk = world.rng.choice(walks)
        world.now += timedelta(milliseconds=world.rng.choice((0, 0, 1, 400)))
        try:
            next(walk)
        except StopIteration:
            walks.remove(walk)


@pytest.fixture
def world(people: People) -> World:
    agent = make_agent(people.workspace)
    codes = [make_code(people.workspace).id for _ in range(3)]
    # At noon, so that each order is of one day.
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=60)
    return World(people.workspace, agent, codes, random.Random(16), noon, noon)


def keys_of(workspace: Workspace, ids: list[int], limit: int) -> list[tuple[str, str]]:
    """Of all pages, from the last to the first."""
    identity, place, found = identify(workspace, ids), None, []
    while True:
        page = list_steps(workspace, identity, place, limit)
        assert [step.key for step in page.items] == sorted(step.key for step in page.items)
        found += [(step.kind, step.id) for step in page.items]
        if not page.earlier:
            return found
        place = read_place(page.earlier)
        assert place


def test_every_step_is_there_and_none_of_anothers(world: World) -> None:
    planted = []
    for order in range(ORDERS):
        if order % ORDERS_OF_A_DAY == 0:
            world.now = world.begins + timedelta(days=order // ORDERS_OF_A_DAY)
        people = [plant(world, order * PEOPLE_OF_EACH + n + 1) for n in range(PEOPLE_OF_EACH)]
        interleave(world, people)
        planted.append(people[0])
    world.write()
    leads = {row.email: row.id for row in db.session.execute(select(Lead.email, Lead.id))}
    links: dict[int, list[int]] = {}
    for row in db.session.execute(
        select(LeadConversation.lead_id, LeadConversation.conversation_id)
    ):
        links.setdefault(row.lead_id, []).append(row.conversation_id)
    check_alone(world, planted[::ALONE_EACH], leads)
    # Each of the others together with those of other days, with whom nothing joins them: what is
    # another's is that of somebody in the same order, or of the same day.
    for at in range(ORDERS_OF_A_DAY):
        same = planted[at::ORDERS_OF_A_DAY]
        for group in (same[:TOGETHER], same[TOGETHER:]):
            # From the lead, or from one of their conversations alone.
            ids = [
                each
                for n, one in enumerate(group)
                for each in sorted(links[leads[one.email]])[(0 if n % 2 else -1) :]
            ]
            found = keys_of(world.workspace, ids, 2_000)
            assert len(found) == len(set(found))
            assert set(found) == set().union(*(one.steps for one in group))
            db.session.expunge_all()


def check_alone(world: World, some: list[Planted], leads: dict[str, int]) -> None:
    for n, one in enumerate(some):
        ids = conversations_of_lead(leads[one.email])
        found = keys_of(world.workspace, ids if n % 2 else ids[-1:], 3 if n % 5 == 0 else 100)
        assert len(found) == len(set(found))
        assert set(found) == one.steps, one
        db.session.expunge_all()
