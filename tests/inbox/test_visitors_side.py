"""What a visitor's widget hears of the team: who joined, what they say, whether they type."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.chat import listening
from pitchbar.chat.changes import is_typing, tell_typing
from pitchbar.chat.models import Conversation, WidgetDay
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import bus, db
from pitchbar.inbox import holding, states
from pitchbar.inbox.replying import reply
from pitchbar.jobs.ledger.models import Job
from pitchbar.webhooks.models import Fact
from tests.agents.factories import make_agent
from tests.chat.widget import Widget
from tests.inbox.factories import actor_of
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.servers import on_both_databases
from tests.support.waiting import wait_until
from tests.webhooks.factories import make_endpoint


@pytest.fixture
def widget(client: FormClient, people: People) -> Widget:
    made = Widget(client, make_agent(people.workspace))
    made.init()
    return made


def poll(widget: Widget, **query: Any) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = widget.send("GET", f"/messages?{asked}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


class Waiting:
    """A poll that waits in a thread of its own, and how long it took."""

    def __init__(self, app: Flask, widget: Widget, **query: Any) -> None:
        self.found: dict[str, Any] = {}
        own = Widget(app.test_client(), widget.agent, token=widget.token)  # type: ignore[arg-type]
        before = listening._places._taken

        def run() -> None:
            with app.app_context():
                self.found = poll(own, **query)

        self._thread = threading.Thread(target=run)
        self._thread.start()
        wait_until(lambda: listening._places._taken > before or not self._thread.is_alive())

    def result(self) -> dict[str, Any]:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.found


def conversation_of(widget: Widget) -> Conversation:
    db.session.rollback()
    return db.session.scalars(select(Conversation)).one()


@on_both_databases
def test_waiting_visitor_hears_at_once_who_joined_and_what_they_say(
    app: Flask, widget: Widget, people: People
) -> None:
    widget.ask("Do you sell spare wheels?")
    widget.send("POST", "/request-human")
    known = poll(widget)
    assert known["is_waiting"] is True
    assert known["person"] is None
    last = known["messages"][-1]["id"]
    query = {"after": last, "wait": 20, "state": known["state"]}
    waiting = Waiting(app, widget, **query)
    holding.claim(conversation_of(widget), people.editor, actor_of(people.editor))
    db.session.commit()
    joined = waiting.result()
    assert joined["person"] == {"name": people.editor.name, "is_typing": False}
    assert (joined["messages"], joined["is_waiting"]) == ([], False)
    waiting = Waiting(app, widget, **query | {"state": joined["state"]})
    began = time.monotonic()
    reply(conversation_of(widget), people.editor, actor_of(people.editor), "<b>We do.</b>")
    db.session.commit()
    (said,) = waiting.result()["messages"]
    assert time.monotonic() - began < 5
    assert (said["role"], said["author"]) == ("person", people.editor.name)
    assert said["text"] == "<b>We do.</b>"
    assert said["id"] > last


def test_what_was_said_while_the_line_was_cut_comes_all_and_once(
    widget: Widget, people: People
) -> None:
    widget.ask("Hello there")
    last = poll(widget)["messages"][-1]["id"]
    holding.claim(conversation_of(widget), people.editor, actor_of(people.editor))
    for text in ("One", "Two", "Three"):
        reply(conversation_of(widget), people.editor, actor_of(people.editor), text)
        db.session.commit()
    found = poll(widget, after=last, wait=20)["messages"]
    assert [one["text"] for one in found] == ["One", "Two", "Three"]
    assert poll(widget, after=found[-1]["id"])["messages"] == []


def test_while_a_person_holds_it_the_agent_is_silent_and_then_goes_on(
    widget: Widget, people: People
) -> None:
    widget.ask("Hello there")
    run_jobs("chat.")
    holding.claim(conversation_of(widget), people.editor, actor_of(people.editor))
    db.session.commit()
    assert widget.ask("Are you there?")[-1].data["mode"] == "person"
    run_jobs("chat.")
    holding.hand_back(conversation_of(widget), people.editor, actor_of(people.editor))
    db.session.commit()
    assert widget.ask("And you?")[-1].data["mode"] != "person"


def test_typing_is_seen_on_both_sides_and_kept_nowhere(widget: Widget, people: People) -> None:
    widget.ask("Hello there")
    run_jobs("chat.")
    holding.claim(conversation_of(widget), people.editor, actor_of(people.editor))
    db.session.commit()
    conversation = conversation_of(widget)
    quiet = poll(widget)
    tell_typing(people.workspace.id, conversation.public_id, "person")
    typing = poll(widget)
    assert typing["person"]["is_typing"] is True
    assert typing["state"] != quiet["state"]
    assert not is_typing(conversation.public_id, "visitor")
    assert widget.send("POST", "/events", {"kind": "typing"}).status_code == 204
    assert is_typing(conversation.public_id, "visitor")
    assert db.session.scalars(select(WidgetDay)).all() == []
    reply(conversation, people.editor, actor_of(people.editor), "Here I am")
    db.session.commit()
    assert poll(widget)["person"]["is_typing"] is False


def test_wait_ends_where_nothing_happens_and_more_than_there_is_place_for_is_answered(
    widget: Widget, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget.ask("Hello there")
    known = poll(widget)
    query = {"after": known["messages"][-1]["id"], "state": known["state"]}
    began = time.monotonic()
    assert poll(widget, wait=0.3, **query)["state"] == known["state"]
    assert time.monotonic() - began >= 0.3
    monkeypatch.setattr(listening._places, "_taken", 10_000)
    assert poll(widget, wait=25, **query)["messages"] == []
    assert widget.send("GET", "/messages?wait=26").status_code == 422
    assert widget.send("GET", "/messages?wait=nan").status_code == 422


@pytest.mark.settings(chat_person_wait_seconds=60)
def test_who_waited_long_enough_hears_that_nobody_is_there_and_may_ask_again(
    widget: Widget, people: People
) -> None:
    make_endpoint(people.workspace, "https://hook.example/in", "conversation.human_requested")
    widget.send("POST", "/request-human")
    conversation = conversation_of(widget)
    conversation.human_requested_at = clock.now() - timedelta(seconds=61)
    db.session.commit()
    assert poll(widget)["is_waiting"] is False
    widget.send("POST", "/request-human")
    assert poll(widget)["is_waiting"] is True
    # Told once, however often it is asked.
    assert len(db.session.scalars(select(Fact)).all()) == 1
    entries = select(AuditEntry).where(AuditEntry.action == "conversation.human_requested")
    assert len(db.session.scalars(entries).all()) == 1
    mails = select(Job).where(Job.task == "inbox.mail_on_call")
    assert len(db.session.scalars(mails).all()) == 1


def test_who_asks_in_words_is_a_request_like_any(widget: Widget, people: People) -> None:
    make_endpoint(people.workspace, "https://hook.example/in", "conversation.human_requested")
    widget.ask("I want to talk to a real person")
    run_jobs("chat.")
    assert poll(widget)["is_waiting"] is True
    assert len(db.session.scalars(select(Fact)).all()) == 1


def test_while_nobody_is_there_nobody_is_waited_for(client: FormClient, people: People) -> None:
    closed = Widget(client, make_agent(people.workspace, hours=()))
    closed.init()
    assert closed.send("POST", "/request-human").get_json()["is_open"] is False
    assert poll(closed)["is_waiting"] is False


def test_who_writes_is_not_snoozed_any_more(widget: Widget, people: People) -> None:
    widget.ask("Hello there")
    run_jobs("chat.")
    until = clock.now() + timedelta(hours=1)
    states.snooze(conversation_of(widget), people.editor, actor_of(people.editor), until)
    db.session.commit()
    widget.ask("Still there?")
    run_jobs("chat.")
    assert conversation_of(widget).snoozed_until is None


def test_refusals_stand_in_the_list_of_what_is_unanswered(widget: Widget, people: People) -> None:
    widget.ask("When does money come back?")
    run_jobs("chat.")
    assert conversation_of(widget).is_unanswered is True
    reply(conversation_of(widget), people.editor, actor_of(people.editor), "Within a week.")
    db.session.commit()
    assert conversation_of(widget).is_unanswered is False


def test_who_deletes_themselves_is_told_to_open_pages(widget: Widget, people: People) -> None:
    heard: list[dict[str, Any]] = []
    unsubscribe = bus.subscribe("conversations", heard.append)
    widget.ask("Hello there")
    run_jobs("chat.")
    widget.send("DELETE", "/me")
    unsubscribe()
    assert heard[-1]["gone"] is True
    assert heard[-1]["workspace_id"] == people.workspace.id
