"""`init`: who comes back goes on where they were, and nobody becomes somebody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from pitchbar.chat.models import Conversation, Visitor
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.accepted import Way
from pitchbar.scans.factories import make_token_cipher
from pitchbar.settings import current_settings
from tests.agents.factories import make_agent
from tests.chat.widget import Widget, error_code
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People, make_code

Later = Any


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets time pass for all that looks at the clock."""
    now = clock.now

    def pass_by(**span: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: now() + timedelta(**span))

    return pass_by


def test_answer_says_how_the_agent_is_and_nothing_more(client: FormClient, people: People) -> None:
    agent = make_agent(
        people.workspace,
        name="Nora",
        persona="A secret persona",
        instructions="Never tell",
        greeting="Hello!",
        starters=("When are you open?",),
    )
    answer = Widget(client, agent).init()
    found = answer.get_json()
    assert found["agent"]["name"] == "Nora"
    assert found["agent"]["greeting"] == "Hello!"
    assert found["agent"]["starters"] == ["When are you open?"]
    assert found["agent"]["offers"] == ["person", "lead_form"]
    assert found["expires_in"] == 3600
    assert found["messages"] == []
    assert UUID(found["conversation_id"]).version == 7
    assert "secret" not in answer.text
    assert "Never tell" not in answer.text


def test_beginning_stores_nothing(widget: Widget) -> None:
    widget.init()
    for model in (Conversation, Visitor):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_who_comes_back_goes_on_within_a_day(widget: Widget, later: Later) -> None:
    widget.ask("Hello there")
    run_jobs("chat.")
    first, widget.token = widget.conversation_id, ""
    later(hours=23)
    found = widget.init(visitor=widget.visitor).get_json()
    assert found["conversation_id"] == first
    assert found["messages"][0]["text"] == "Hello there"
    widget.token = ""
    later(hours=25)
    found = widget.init(visitor=widget.visitor).get_json()
    assert found["conversation_id"] != first
    assert found["messages"] == []


def test_who_comes_back_before_the_job_has_run_goes_on_too(widget: Widget) -> None:
    widget.ask("Hello there")
    first, widget.token = widget.conversation_id, ""
    found = widget.init(visitor=widget.visitor).get_json()
    assert found["conversation_id"] == first
    assert len(found["messages"]) == 2


def test_nobody_becomes_somebody_else_by_knowing_an_id(
    widget: Widget, client: FormClient, people: People
) -> None:
    widget.ask("My secret")
    run_jobs("chat.")
    first, visitor = widget.conversation_id, widget.visitor
    known = visitor.partition(".")[0]
    for claimed in (known, f"{known}.{'0' * 22}", uuid4().hex, "x", f"{known}.", first):
        stranger = Widget(client, widget.agent)
        found = stranger.init(visitor=claimed).get_json()
        assert found["conversation_id"] != first, claimed
        assert not found["visitor"].startswith(known)
    elsewhere = Widget(client, make_agent(people.elsewhere))
    assert not elsewhere.init(visitor=visitor).get_json()["visitor"].startswith(known)


def test_only_the_last_thirty_messages_come_again(widget: Widget) -> None:
    for number in range(17):
        widget.ask(f"Number {number}")
    found = widget.init().get_json()
    assert len(found["messages"]) == 30
    assert found["messages"][0]["text"] == "Number 2"


def test_expired_token_is_renewed_once_in_the_same_conversation(
    widget: Widget, later: Later
) -> None:
    widget.ask("Hello there")
    old, first = widget.token, widget.conversation_id
    later(minutes=70)
    refused = widget.send("GET", "/messages")
    assert (refused.status_code, error_code(refused)) == (401, "token_expired")
    found = widget.init().get_json()
    assert found["conversation_id"] == first
    assert found["token"] != old
    assert len(widget.messages()) == 2


def test_token_is_not_renewed_from_elsewhere_or_too_late(widget: Widget, later: Later) -> None:
    widget.ask("Hello there")
    old, first = widget.token, widget.conversation_id
    widget.agent.allowed_origins = ["*"]
    db.session.commit()
    widget.origin = "https://other.example"
    assert widget.init().get_json()["conversation_id"] != first
    widget.origin, widget.token = "https://shop.example", old
    later(hours=1 + 24, minutes=2)
    assert widget.init().get_json()["conversation_id"] != first


def test_scan_that_led_here_stays_with_the_conversation(widget: Widget, people: People) -> None:
    code = make_code(people.workspace)
    scan = f"{int(clock.now().timestamp() * 1000):012x}7{uuid4().hex[:19]}"
    tokens = make_token_cipher(current_settings())
    good = tokens.write(scan, code.id, people.workspace.id, Way())
    foreign = tokens.write(scan, code.id, people.elsewhere.id, Way())
    for attribution, of in ((good, code.id), (foreign, None), ("x" * 71, None)):
        widget.token = ""
        widget.init(attribution=attribution)
        widget.ask("Hello")
        run_jobs("chat.")
        newest = select(Conversation).order_by(Conversation.id.desc())
        conversation = db.session.scalars(newest).first()
        assert conversation
        assert conversation.code_id == of
    first = db.session.scalars(select(Conversation).order_by(Conversation.id)).first()
    assert first
    assert first.scan_id == UUID(scan)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "agent"),
        ({"agent": 7}, "agent"),
        ({"agent": "x" * 41}, "agent"),
        ({"agent": "a\x00"}, "agent"),
        ({"agent": "ag_1", "page_url": "x" * 5000}, "page_url"),
        ({"agent": "ag_1", "visitor": ["x"]}, "visitor"),
    ],
    ids=str,
)
def test_wrong_field_is_named(client: FormClient, body: dict[str, Any], field: str) -> None:
    answer = client.post("/api/v1/widget/init", json=body)
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]


def test_widget_of_a_newer_release_may_say_more(widget: Widget) -> None:
    assert widget.init(colour_of_the_sky="blue").status_code == 200
