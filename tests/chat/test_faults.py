"""What goes wrong around a turn costs no question, and nobody's patience."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from pitchbar import jobs
from pitchbar.answers import curated
from pitchbar.answers.curated import CuratedHit
from pitchbar.answers.turns import Said
from pitchbar.chat import keeping
from pitchbar.chat.models import Message, WaitingTurn
from pitchbar.chat.recent import LocalRecent, Recent, SharedRecent
from pitchbar.core.redis_client import connect_redis
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.sources.models import Source
from pitchbar.sources.services import delete_source
from tests.agents.factories import make_agent
from tests.chat.widget import Widget
from tests.retrieval.factories import Text, handbook, make_generation, make_indexed, run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.language_model import model_of
from tests.support.waiting import wait_until

QUESTION = "When does money come back?"
SAID = [Said("visitor", "Hello"), Said("agent", "Hi.")]


@pytest.fixture
def source(people: People) -> Source:
    return make_indexed(people.workspace.id, handbook())


@pytest.fixture
def knowing(client: FormClient, people: People, source: Source) -> Widget:
    """Of an agent that knows the handbook."""
    made = Widget(client, make_agent(people.workspace))
    made.init()
    return made


def test_agent_whose_source_is_deleted_refuses_politely(knowing: Widget, source: Source) -> None:
    assert "fourteen days" in knowing.ask(QUESTION)[-1].data["text"]
    delete_source(source, SYSTEM)
    db.session.commit()
    done = knowing.ask(QUESTION)[-1]
    assert done.name == "done"
    assert "fourteen days" not in done.data["text"]
    assert (done.data["low_confidence"], done.data["citations"]) == (True, [])
    assert done.data["offers"] == ["person", "lead_form"]


def test_source_that_is_read_anew_in_the_middle_of_a_turn_answers_as_it_was(
    app: Flask, knowing: Widget, source: Source
) -> None:
    source_id = source.id

    def answer(_body: dict[str, Any]) -> str:
        with app.app_context():
            again = db.session.get_one(Source, source_id)
            make_generation(again, [Text("Refunds", "# Refunds\n\nMoney comes back in a month.")])
            run_jobs()
            db.session.remove()
        return "Money comes back within fourteen days [1]."

    with model_of(app, answer, llm_first_token_timeout=20.0, llm_timeout=30.0):
        done = knowing.ask(QUESTION)[-1].data
    assert (done["mode"], done["text"]) == ("llm", "Money comes back within fourteen days. [1]")
    assert done["citations"][0]["quote"] == "Money comes back within fourteen days."
    assert "in a month" in knowing.ask(QUESTION)[-1].data["text"]


def test_database_that_is_away_for_a_moment_costs_no_turn(
    knowing: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Any] = []

    def refuse_once(*args: Any, **kwargs: Any) -> Any:
        if not refused:
            refused.append(args)
            raise OperationalError("INSERT", {}, Exception("the database is locked"))
        return jobs.enqueue(*args, **kwargs)

    monkeypatch.setattr(keeping, "enqueue", refuse_once)
    assert knowing.ask(QUESTION)[-1].name == "done"
    wait_until(_one_waits)
    run_jobs("chat.")
    assert len(db.session.scalars(select(Message)).all()) == 2


def _one_waits() -> bool:
    db.session.rollback()
    return len(db.session.scalars(select(WaitingTurn)).all()) == 1


def test_what_a_person_wrote_comes_before_the_offer_of_one(
    knowing: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curated, "_finders", [lambda _turn: CuratedHit(7, "Call us: 1234.")])
    done = knowing.ask("Can I talk to a human?")[-1].data
    assert (done["mode"], done["text"]) == ("curated", "Call us: 1234.")
    run_jobs("chat.")
    answer = db.session.scalars(select(Message).where(Message.role == "agent")).one()
    assert answer.curated_id == 7


class TestWhatWasSaidLast:
    @pytest.fixture(params=["local", "redis", "no redis"])
    def recent(self, request: pytest.FixtureRequest) -> Recent:
        if request.param == "local":
            return LocalRecent()
        if request.param == "redis":
            return SharedRecent(connect_redis(request.getfixturevalue("redis_url")))
        return SharedRecent(connect_redis("redis://127.0.0.1:1/0"))

    def test_is_known_until_it_is_forgotten(self, recent: Recent) -> None:
        one = uuid4()
        assert recent.said(one) is None
        # What nobody has looked up in the database is not the whole of it.
        recent.add_said(one, SAID)
        assert recent.said(one) is None
        recent.put_said(one, [])
        assert recent.said(one) == []
        recent.add_said(one, SAID)
        assert recent.said(one) == SAID
        for _ in range(30):
            recent.add_said(one, SAID)
        assert len(recent.said(one) or []) == 20
        recent.put_page(one, {"url": "https://shop.example/"})
        assert recent.page(one) == {"url": "https://shop.example/"}
        recent.forget(one)
        assert recent.said(one) is None
        assert recent.page(one) == {}

    def test_erased_stays_erased(self, recent: Recent) -> None:
        visitor = uuid4()
        assert not recent.is_erased(visitor)
        recent.mark_erased(visitor)
        assert recent.is_erased(visitor)

    def test_other_processes_know_it_too(self, redis_url: str) -> None:
        here, there = (SharedRecent(connect_redis(redis_url)) for _ in range(2))
        one = uuid4()
        here.put_said(one, SAID)
        there.add_said(one, SAID[:1])
        assert here.said(one) == [*SAID, SAID[0]]
        there.mark_erased(one)
        assert here.is_erased(one)

    def test_silent_ones_make_room(self) -> None:
        recent = LocalRecent(most=2)
        first, second, third = uuid4(), uuid4(), uuid4()
        for one in (first, second, third):
            recent.put_said(one, SAID)
        assert [recent.said(one) for one in (first, second, third)] == [None, SAID, SAID]
        assert LocalRecent(keep_seconds=-1).said(first) is None
