"""What visitors do beside asking: leave an address, want a person, say what they think, and go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from pitchbar.alerts.models import Alert
from pitchbar.chat import hooks
from pitchbar.chat.ending import end_silent_conversations, forget_old_conversations
from pitchbar.chat.models import Conversation, Lead, Message, Visitor, WaitingTurn, WidgetDay
from pitchbar.chat.tasks import keep_turn, purge_conversations
from pitchbar.core import clock
from pitchbar.core.personal_data import Whom, list_holdings
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.webhooks.models import Fact
from tests.agents.factories import make_agent
from tests.alerts.factories import make_rule
from tests.chat.widget import Widget, error_code
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.servers import on_both_databases
from tests.webhooks.factories import make_endpoint

ADA = {"email": "Ada@Mail.example", "name": "Ada", "fields": {"company": "Engines"}}
RECEIVER = "https://hook.example/in"
TABLES = (Conversation, Message, Lead, Visitor, WaitingTurn)


def counts() -> dict[str, int]:
    db.session.rollback()
    found = {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in TABLES
    }
    return {name: count for name, count in found.items() if count}


@on_both_databases
def test_address_is_kept_once_for_a_conversation(widget: Widget) -> None:
    answer = widget.send("POST", "/leads", ADA)
    assert answer.status_code == 201
    again = widget.send("POST", "/leads", {**ADA, "email": "ada@home.example", "phone": "123"})
    assert again.get_json() == answer.get_json()
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.email, lead.name, lead.phone) == ("ada@home.example", "Ada", "123")
    assert lead.fields == {"company": "Engines"}
    conversation = db.session.scalars(select(Conversation)).one()
    assert str(conversation.public_id) == widget.conversation_id
    assert conversation.messages == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"email": "ada@mail.example\nBcc: all@mail.example"}, "email"),
        ({"email": f"{'a' * 250}@mail.example"}, "email"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"phone": 7}, "phone"),
        ({"fields": {"a": 1}}, "fields.a"),
        ({"fields": {str(one): "x" for one in range(21)}}, "fields"),
        ({"fields": {"a": "x" * 1001}}, "fields.a"),
    ],
    ids=str,
)
def test_wrong_field_of_a_lead_is_named(widget: Widget, change: dict[str, Any], field: str) -> None:
    answer = widget.send("POST", "/leads", {**ADA, **change})
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]
    assert counts() == {}


def test_lead_is_told_once_and_the_log_says_nothing_of_whom(widget: Widget, people: People) -> None:
    make_endpoint(people.workspace, RECEIVER, "lead.captured", "conversation.started")
    make_rule(people.workspace, kind="lead_captured")
    widget.send("POST", "/leads", ADA)
    widget.send("POST", "/leads", ADA)
    facts = {one.event: one for one in db.session.scalars(select(Fact))}
    assert set(facts) == {"lead.captured", "conversation.started"}
    (item,) = facts["lead.captured"].items
    assert item["email"] == "ada@mail.example"
    assert item["conversation_id"] == widget.conversation_id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.captured")).one()
    written = f"{entry.subject_name} {entry.actor_name} {entry.before} {entry.after} {entry.ip}"
    assert "ada" not in written.lower()
    alert = db.session.scalars(select(Alert)).one()
    assert "Helper" in alert.detail


def test_what_the_agent_does_not_offer_is_refused(widget: Widget, people: People) -> None:
    agent = make_agent(people.workspace, offers_person=False, lead_form={"is_offered": False})
    plain = Widget(widget.client, agent)
    assert plain.init().get_json()["agent"]["offers"] == []
    assert error_code(plain.send("POST", "/leads", ADA)) == "not_offered"
    assert error_code(plain.send("POST", "/request-human")) == "not_offered"
    # Then a wish for a person is a question like others.
    assert plain.ask("Can I talk to a human?")[-1].data["mode"] == "extractive"


def test_person_is_asked_for_once(widget: Widget) -> None:
    first = widget.send("POST", "/request-human").get_json()
    assert first["is_open"] is True
    assert widget.send("POST", "/request-human").get_json() == first
    entries = select(AuditEntry).where(AuditEntry.action == "conversation.human_requested")
    assert len(db.session.scalars(entries).all()) == 1


def test_who_asks_for_a_person_is_offered_one(widget: Widget) -> None:
    done = widget.ask("I want to talk to a real person")[-1].data
    assert done["mode"] == "notice"
    assert done["offers"] == ["person", "lead_form"]
    run_jobs("chat.")
    assert db.session.scalars(select(Conversation)).one().human_requested_at


def test_while_nobody_is_there_the_form_is_offered(widget: Widget, people: People) -> None:
    closed = Widget(widget.client, make_agent(people.workspace, hours=(), language="de"))
    closed.init()
    done = closed.ask("Can I talk to a human?")[-1].data
    assert done["offers"] == ["lead_form"]
    assert "E-Mail" in done["text"]


def test_pictures_alone_are_answered_kindly(widget: Widget) -> None:
    done = widget.ask("👍👍")[-1].data
    assert done["mode"] == "notice"
    assert done["text"].startswith("I am at my best with words")


def test_agent_without_sources_refuses_politely_with_offers(widget: Widget) -> None:
    done = widget.ask("When does money come back?")[-1].data
    assert done["low_confidence"] is True
    assert done["citations"] == []
    assert done["offers"] == ["person", "lead_form"]


def test_person_who_has_taken_over_answers_in_the_agents_place(widget: Widget) -> None:
    widget.ask("Hello there")
    run_jobs("chat.")
    db.session.scalars(select(Conversation)).one().taken_over_by = 1
    db.session.commit()
    events = widget.ask("Are you real?")
    assert [one.name for one in events] == ["start", "stage", "done"]
    assert events[-1].data["mode"] == "person"
    assert [one["role"] for one in widget.messages()] == ["visitor", "agent", "visitor"]


@on_both_databases
def test_opinion_of_an_answer_reaches_who_listens(
    widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str | None, str]] = []
    monkeypatch.setattr(hooks, "_feedback_listeners", [])
    hooks.on_feedback(lambda _of, message: heard.append((message.feedback, message.text)))
    done = widget.ask("Hello there")[-1].data
    # Its job has not run yet.
    said = {"message_id": done["message_id"], "value": "down", "text": "Wrong"}
    assert widget.send("POST", "/satisfaction", said).status_code == 204
    assert widget.send("POST", "/satisfaction", said).status_code == 204
    assert heard == [("down", done["text"])]
    assert widget.messages()[1]["feedback"] == "down"
    widget.send("POST", "/satisfaction", {"message_id": done["message_id"], "value": None})
    assert widget.messages()[1]["feedback"] is None
    assert widget.send("POST", "/satisfaction", {"value": "up"}).status_code == 204
    assert db.session.scalars(select(Conversation)).one().feedback == "up"


def test_opinion_of_what_is_no_answer_is_refused(widget: Widget) -> None:
    start = widget.ask("Hello there")[0].data
    other = Widget(widget.client, widget.agent)
    other.init()
    foreign = other.ask("Hi")[0].data["message_id"]
    for message_id in (start["question_id"], foreign, "x", ""):
        answer = widget.send("POST", "/satisfaction", {"message_id": message_id, "value": "up"})
        assert (answer.status_code, error_code(answer)) == (404, "no_message")
    assert widget.send("POST", "/satisfaction", {"value": "great"}).status_code == 422


@on_both_databases
def test_events_are_counted_by_day_and_of_nobody(widget: Widget) -> None:
    for kind in ("opened", "opened", "citation_opened"):
        assert widget.send("POST", "/events", {"kind": kind}).status_code == 204
    found = {one.kind: one.count for one in db.session.scalars(select(WidgetDay))}
    assert found == {"opened": 2, "citation_opened": 1}
    assert widget.send("POST", "/events", {"kind": "clicked"}).status_code == 422
    assert counts() == {}


def test_clearing_begins_anew_and_ends_what_was(widget: Widget, people: People) -> None:
    make_endpoint(people.workspace, RECEIVER, "conversation.ended")
    widget.ask("Hello there")
    answer = widget.send("POST", "/clear").get_json()
    assert answer["messages"] == []
    assert answer["conversation_id"] != widget.conversation_id
    assert answer["visitor"] == widget.visitor
    assert db.session.scalars(select(Conversation)).one().status == "ended"
    (fact,) = db.session.scalars(select(Fact)).all()
    assert fact.items[0]["messages"] == 2
    widget.token = answer["token"]
    assert widget.messages() == []
    # The old one is not gone on with by who comes back, either.
    widget.token = ""
    assert widget.init(visitor=widget.visitor).get_json()["messages"] == []


@on_both_databases
def test_who_wants_to_be_forgotten_is(widget: Widget, people: People) -> None:
    other = Widget(widget.client, widget.agent)
    other.init()
    other.ask("I stay")
    run_jobs("chat.")
    stays = counts()
    widget.ask("Hello there")
    run_jobs("chat.")
    widget.ask("And this waits")
    widget.send("POST", "/leads", ADA)
    waiting = widget.ask("So does this")[0].data["message_id"]
    assert widget.send("DELETE", "/me").status_code == 204
    assert counts() == stays
    keep_turn(waiting.replace("-", ""))
    assert counts() == stays
    refused = widget.send("GET", "/messages")
    assert (refused.status_code, error_code(refused)) == (401, "token_invalid")
    again = widget.init(visitor=widget.visitor).get_json()
    assert again["messages"] == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visitor.erased"))
    assert entry.one().after["tables"]["chat_messages"] == 4


@pytest.mark.parametrize("by", ["visitor", "what the browser keeps", "uuid", "email"])
def test_workspace_finds_hands_over_and_erases_a_visitor(
    widget: Widget, people: People, client: FormClient, by: str
) -> None:
    make_endpoint(people.workspace, RECEIVER, "lead.captured")
    widget.ask("My secret question")
    widget.send("POST", "/leads", ADA)
    visitor = widget.visitor.partition(".")[0]
    whom = Whom(email="ada@mail.example") if by == "email" else Whom(visitor=visitor)
    typed = {
        "visitor": visitor,
        "what the browser keeps": widget.visitor,
        "uuid": str(UUID(visitor)),
        "email": "Ada@Mail.example",
    }
    rows = {
        one.table: list(one.list_rows(db.session(), people.workspace.id, whom))
        for one in list_holdings()
    }
    assert rows["chat_messages"][0]["text"] == "My secret question"
    assert rows["chat_leads"][0]["email"] == "ada@mail.example"
    sign_in(client, people.owner)
    said = {"whom": typed[by], "understood": "y"}
    slug = people.workspace.slug
    assert client.submit(f"/w/{slug}/privacy/erasures", said).status_code == 303
    assert counts() == {}
    (fact,) = db.session.scalars(select(Fact)).all()
    assert fact.items[0]["email"] is None
    assert error_code(widget.send("GET", "/messages")) == "token_invalid"


@on_both_databases
def test_silent_conversations_end_once(widget: Widget, people: People) -> None:
    make_endpoint(people.workspace, RECEIVER, "conversation.ended")
    widget.ask("Hello there")
    run_jobs("chat.")
    now = clock.now()
    assert end_silent_conversations(now + timedelta(hours=23), 24) is False
    assert db.session.scalars(select(Conversation)).one().status == "open"
    end_silent_conversations(now + timedelta(hours=25), 24)
    end_silent_conversations(now + timedelta(hours=26), 24)
    conversation = db.session.scalars(select(Conversation)).one()
    assert conversation.status == "ended"
    assert len(db.session.scalars(select(Fact)).all()) == 1


@on_both_databases
def test_old_conversations_are_forgotten_with_all_in_them(widget: Widget) -> None:
    widget.ask("Hello there")
    widget.send("POST", "/leads", ADA)
    now = clock.now()
    forget_old_conversations(now + timedelta(days=364), 365)
    assert counts()["chat_messages"] == 2
    forget_old_conversations(now + timedelta(days=366), 0)
    assert counts()["chat_messages"] == 2
    forget_old_conversations(now + timedelta(days=366), 365)
    assert counts() == {}
    purge_conversations()


class TestLimits:
    pytestmark = pytest.mark.settings(ratelimit_enabled=True)

    @pytest.mark.settings(ratelimit_enabled=True, ratelimit_widget_init="2/minute")
    def test_beginnings_are_limited_by_address_and_agent(
        self, widget: Widget, people: People
    ) -> None:
        assert widget.init().headers["X-RateLimit-Remaining"] == "0"
        refused = widget.init()
        assert (refused.status_code, error_code(refused)) == (429, "rate_limited")
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["X-RateLimit-Limit"] == "2"
        assert refused.headers["Access-Control-Allow-Origin"] == widget.origin
        assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
        # Looking whether one may costs nothing, and another agent has a budget of its own.
        assert widget.client.options("/api/v1/widget/init").status_code == 204
        assert Widget(widget.client, make_agent(people.workspace)).init().status_code == 200

    @pytest.mark.parametrize(
        ("setting", "path", "body"),
        [
            ("ratelimit_widget_messages", "/messages", {"text": "Hello"}),
            ("ratelimit_widget_leads", "/leads", ADA),
        ],
    )
    def test_visitors_are_limited_by_their_token(
        self, request: pytest.FixtureRequest, setting: str, path: str, body: dict[str, Any]
    ) -> None:
        mark = pytest.mark.settings(ratelimit_enabled=True, **{setting: "2/minute"})
        request.node.add_marker(mark)
        widget: Widget = request.getfixturevalue("widget")
        statuses = [widget.send("POST", path, body).status_code for _ in range(3)]
        assert statuses[:2] == [statuses[0]] * 2
        assert statuses[2] == 429
        # A new token of the same visitor is no new budget, and another visitor has one.
        widget.init()
        assert widget.send("POST", path, body).status_code == 429
        other = Widget(widget.client, widget.agent)
        other.init()
        assert other.send("POST", path, body).status_code == statuses[0]
