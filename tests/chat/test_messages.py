"""A visitor asks, and hears the answer as it comes."""

import time
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from pitchbar.chat.feeds import Feed
from pitchbar.chat.models import Conversation, Message, Visitor, WaitingTurn
from pitchbar.chat.recent import recent
from pitchbar.chat.tasks import keep_turn
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.chat.widget import Widget
from tests.retrieval.factories import handbook, make_indexed, run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.servers import on_both_databases

QUESTION = "When does money come back?"


@pytest.fixture
def knowing(client: FormClient, people: People) -> Widget:
    """Of an agent that knows the handbook."""
    make_indexed(people.workspace.id, handbook())
    made = Widget(client, make_agent(people.workspace))
    assert made.init().status_code == 200
    return made


def test_answer_comes_as_a_stream_of_events(knowing: Widget) -> None:
    answer = knowing.send("POST", "/messages", {"text": QUESTION})
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers
    events = knowing.ask(QUESTION)
    names = [one.name for one in events]
    assert names[0] == "start"
    assert names[-1] == "done"
    assert {"stage", "token"} <= set(names)
    start, done = events[0].data, events[-1].data
    assert start["conversation_id"] == knowing.conversation_id
    assert done["message_id"] == start["message_id"]
    assert "fourteen days" in done["text"]
    assert done["mode"] == "extractive"
    assert done["low_confidence"] is False
    assert done["latency_ms"] >= 0
    assert done["citations"][0]["n"] == 1
    assert set(done["citations"][0]) == {"n", "url", "title", "quote"}
    turn = start["message_id"].replace("-", "")
    assert [one.id for one in events] == [f"{turn}.{at}" for at in range(1, len(events) + 1)]


def test_nothing_is_written_between_the_message_and_the_first_token(
    app: Flask, knowing: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_jobs("chat.")
    knowing.ask("Where can I park?")
    happened: list[str] = []
    add = Feed.add

    def note(self: Feed, name: str, **data: Any) -> None:
        happened.append(f"event {name}")
        add(self, name, **data)

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        happened.append(statement)

    monkeypatch.setattr(Feed, "add", note)
    event.listen(db.engine, "before_cursor_execute", hear)
    knowing.ask(QUESTION)
    event.remove(db.engine, "before_cursor_execute", hear)
    before, after = split_at(happened, "event token")
    statements = [one for one in before if not one.startswith("event")]
    assert 1 <= len(statements) <= 20, statements
    assert {one.split()[0] for one in statements} <= {"SELECT"}
    # What is kept is written after, in one go.
    assert any(one.startswith("INSERT INTO chat_turns") for one in after)


def split_at(happened: list[str], what: str) -> tuple[list[str], list[str]]:
    at = happened.index(what)
    return happened[:at], happened[at:]


@on_both_databases
def test_job_puts_the_turn_among_the_messages_once(knowing: Widget) -> None:
    start = knowing.ask(QUESTION)[0].data
    assert db.session.scalars(select(Message)).all() == []
    waiting = db.session.scalars(select(WaitingTurn)).one()
    assert str(waiting.id) == start["message_id"]
    ran = run_jobs("chat.")
    assert ran == ["chat.keep_turn"]
    question, answer = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert (question.role, question.text) == ("visitor", QUESTION)
    assert str(question.id) == start["question_id"]
    assert (answer.role, str(answer.id)) == ("agent", start["message_id"])
    assert answer.question == QUESTION
    assert answer.score is not None
    assert answer.chunk_ids
    conversation = db.session.scalars(select(Conversation)).one()
    assert conversation.messages == 2
    assert conversation.agent_version == 1
    assert conversation.page_url == "https://shop.example/cups"
    assert db.session.scalars(select(Visitor)).one().id == conversation.visitor_id
    assert db.session.scalars(select(WaitingTurn)).all() == []


@on_both_databases
def test_job_that_runs_twice_changes_nothing_the_second_time(knowing: Widget) -> None:
    turn = knowing.ask(QUESTION)[0].data["message_id"].replace("-", "")
    knowing.messages()
    keep_turn(turn)
    keep_turn(turn)
    assert len(db.session.scalars(select(Message)).all()) == 2
    assert db.session.scalars(select(Conversation)).one().messages == 2


def test_turn_that_was_under_way_when_its_visitor_was_erased_is_not_kept(knowing: Widget) -> None:
    turn = knowing.ask(QUESTION)[0].data["message_id"].replace("-", "")
    recent().mark_erased(UUID(knowing.visitor.partition(".")[0]))
    keep_turn(turn)
    assert db.session.scalars(select(Message)).all() == []
    assert db.session.scalars(select(WaitingTurn)).all() == []


def test_what_was_said_can_be_read_before_its_job_has_run(knowing: Widget) -> None:
    done = knowing.ask(QUESTION)[-1].data
    said = knowing.messages()
    assert [one["role"] for one in said] == ["visitor", "agent"]
    assert said[1]["text"] == done["text"]
    assert said[1]["citations"] == done["citations"]
    run_jobs("chat.")
    assert knowing.messages() == said
    assert knowing.messages(after=said[0]["id"]) == said[1:]
    assert knowing.messages(after=said[1]["id"]) == []


def test_messages_keep_their_order_where_the_clocks_of_machines_differ(
    widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns
    asked = ["First", "Second", "Third", "Fourth"]
    for number, text in enumerate(asked):
        behind = 40_000_000_000 * (number % 2)
        monkeypatch.setattr(time, "time_ns", lambda behind=behind: now() - behind)
        if number == 3:
            # Who comes back, perhaps to a machine that knows nothing of it yet.
            widget.init()
        widget.ask(text)
    said = [one["text"] for one in widget.messages() if one["role"] == "visitor"]
    assert said == asked
    assert [one["role"] for one in widget.messages()] == ["visitor", "agent"] * 4
