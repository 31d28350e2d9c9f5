"""Streams that are slow, cut, resumed or left."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.answers import answering
from pitchbar.answers.models import LlmUsage
from pitchbar.answers.running import Running
from pitchbar.answers.turns import Turn
from pitchbar.chat import feeds
from pitchbar.chat.feeds import Feed, RedisMirror, Turns, turns_of
from pitchbar.chat.ids import new_id
from pitchbar.chat.models import Message, WaitingTurn
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.core.redis_client import connect_redis
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.agents.factories import make_agent
from tests.chat.streams import OpenStream, SlowAnswer, slow_answer
from tests.chat.widget import Widget, error_code, read_events
from tests.retrieval.factories import handbook, make_indexed, run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.language_model import STALL, Reply, model_of, stream_of
from tests.support.waiting import wait_until

TEXT = "One two three."


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowAnswer:
    return slow_answer(monkeypatch)


def count_waiting() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(WaitingTurn)).all())


@pytest.mark.settings(chat_heartbeat_seconds=0.05)
def test_stream_is_kept_open_while_something_is_slow(widget: Widget, slow: SlowAnswer) -> None:
    stream = OpenStream(widget)
    stream.hear_until("start")
    while stream.heartbeats < 2:
        stream.hear_once()
    slow.goes_on.release(3)
    assert stream.hear_all()[-1].data["text"] == TEXT


@pytest.mark.settings(chat_heartbeat_seconds=0.05)
def test_stream_that_was_cut_goes_on_without_another_turn(widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release()
    first = OpenStream(widget)
    cut = first.hear_until("token")
    first.leave()
    again = OpenStream(widget, **{"Last-Event-ID": cut.id})
    slow.goes_on.release(2)
    heard = again.hear_all()
    assert [one.name for one in heard] == ["token", "token", "done"]
    assert heard[0].id.endswith(f".{int(cut.id.partition('.')[2]) + 1}")
    assert heard[-1].data["text"] == TEXT
    assert len(slow.asked) == 1


def test_stream_that_is_over_is_heard_again_also_by_get(widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release(3)
    heard = OpenStream(widget).hear_all()
    answer = widget.send("GET", "/messages", headers={"Last-Event-ID": heard[1].id})
    assert answer.mimetype == "text/event-stream"
    assert list(read_events(answer.get_data())) == heard[2:]
    last = widget.send("GET", "/messages", headers={"Last-Event-ID": heard[-1].id})
    assert last.get_data() == b""


def test_end_is_told_when_the_events_are_forgotten(widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release(3)
    heard = OpenStream(widget).hear_all()
    turns_of(current_settings())._feeds.clear()
    answer = widget.send("GET", "/messages", headers={"Last-Event-ID": heard[1].id})
    (end,) = read_events(answer.get_data())
    assert (end.name, end.data["text"]) == ("done", TEXT)
    assert end.data["message_id"] == heard[-1].data["message_id"]


def test_turn_of_somebody_else_is_none(widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release(3)
    heard = OpenStream(widget).hear_all()
    stranger = Widget(widget.client, widget.agent)
    stranger.init()
    for event_id in (heard[0].id, f"{uuid4().hex}.1", "x", "", "..", f"{'9' * 400}.1"):
        answer = stranger.send("GET", "/messages", headers={"Last-Event-ID": event_id})
        assert (answer.status_code, error_code(answer)) == (404, "no_message"), event_id


@pytest.mark.settings(chat_resume_seconds=0.0)
def test_call_of_the_model_ends_when_the_visitor_leaves(widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release()
    stream = OpenStream(widget)
    stream.hear_until("token")
    stream.leave()
    slow.goes_on.release()
    assert slow.is_closed.wait(5)
    wait_until(lambda: count_waiting() == 1)
    run_jobs("chat.")
    question, answer = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert question.text == "Count!"
    assert answer.text == "One "
    assert answer.is_broken_off
    assert [one["broken_off"] for one in widget.messages()] == [False, True]


@pytest.mark.settings(chat_resume_seconds=0.0)
def test_call_of_a_model_that_stalls_ends_when_the_visitor_leaves(
    app: Flask, client: FormClient, people: People
) -> None:
    make_indexed(people.workspace.id, handbook())
    widget = Widget(client, make_agent(people.workspace))
    widget.init()
    first = "Money comes back within fourteen days [1]. Write to the till "
    pieces = [*stream_of(first, finish="", usage=None, is_done=False), STALL]
    waits = {"llm_first_token_timeout": 9.0, "llm_stall_timeout": 9.0, "llm_timeout": 20.0}
    with model_of(app, Reply(pieces), **waits) as model:
        stream = OpenStream(widget, "When does money come back?")
        stream.hear_until("token")
        stream.leave()
        assert model.left.wait(5)
        wait_until(lambda: count_waiting() == 1)
    run_jobs("chat.")
    question, answer = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert question.text == "When does money come back?"
    assert answer.is_broken_off
    assert answer.text.startswith("Money comes back within fourteen days")
    usage = db.session.scalars(select(LlmUsage)).one()
    assert usage.turns == 1
    assert usage.completion_tokens > 0


def test_two_tabs_ask_at_once(widget: Widget, slow: SlowAnswer) -> None:
    one, two = OpenStream(widget, "First?"), OpenStream(widget, "Second?")
    slow.goes_on.release(6)
    ids = {stream.hear_all()[-1].data["message_id"] for stream in (one, two)}
    assert len(ids) == 2
    said = [message["text"] for message in widget.messages()]
    assert sorted(said) == sorted(["First?", "Second?", TEXT, TEXT])


def test_answer_leans_on_what_was_said_also_before_the_job_has_run(
    widget: Widget, slow: SlowAnswer
) -> None:
    slow.goes_on.release(6)
    OpenStream(widget, "First?").hear_all()
    OpenStream(widget, "Second?").hear_all()
    assert [(one.role, one.text) for one in slow.asked[1].history] == [
        ("visitor", "First?"),
        ("agent", TEXT),
    ]


@pytest.mark.settings(chat_max_streams=1)
def test_more_streams_than_there_may_be_are_told_to_wait(widget: Widget, slow: SlowAnswer) -> None:
    first = OpenStream(widget)
    answer = widget.send("POST", "/messages", {"text": "Me too"})
    assert (answer.status_code, error_code(answer)) == (503, "busy")
    assert answer.headers["Retry-After"]
    slow.goes_on.release(3)
    first.hear_all()
    wait_until(lambda: turns_of(current_settings()).running == 0)
    slow.goes_on.release(3)
    assert OpenStream(widget).hear_all()[-1].name == "done"


def test_index_that_is_away_is_said_and_a_person_offered(
    widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_turn: Turn, _running: Running) -> None:
        raise VectorsUnavailable("http://qdrant.internal:6333 refused, api key s3cret")

    monkeypatch.setattr(answering, "answer", away)
    answer = widget.send("POST", "/messages", {"text": "Hello there"})
    error = list(read_events(answer.get_data()))[-1]
    assert (error.name, error.data["code"]) == ("error", "search_unavailable")
    assert error.data["offers"] == ["person", "lead_form"]
    assert "qdrant" not in answer.text
    # What was asked is not lost.
    question, said = widget.messages()
    assert question["text"] == "Hello there"
    assert said["broken_off"]


def test_fault_of_ours_is_polite_and_says_nothing_of_the_inside(
    widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_turn: Turn, _running: Running) -> None:
        raise RuntimeError("Traceback: secret of the provider")

    monkeypatch.setattr(answering, "answer", broken)
    answer = widget.send("POST", "/messages", {"text": "Hello there"})
    error = list(read_events(answer.get_data()))[-1]
    assert (error.name, error.data["code"]) == ("error", "failed")
    assert "secret" not in answer.text


class TestThroughRedis:
    """Several processes, each with turns of its own."""

    def test_another_process_goes_on_with_a_stream(self, redis_url: str) -> None:
        turns = Turns(RedisMirror(connect_redis(redis_url)))
        feed = turns.begin(new_id(), uuid4(), 5)
        assert feed
        feed.add("start")
        elsewhere = Turns(RedisMirror(connect_redis(redis_url)))
        found = elsewhere.find(feed.turn)
        assert found
        assert found.conversation == feed.conversation
        stream = found.listen(0, 0.05)
        assert [one.name for one in read_events(next(stream))] == ["start"]
        assert next(stream) == b": \n\n"
        # Somebody listens, though not here.
        assert feed.seconds_alone() == 0.0
        feed.add("token", text="a")
        feed.add("done", text="a")
        rest = list(read_events(b"".join(stream)))
        assert [one.name for one in rest] == ["token", "done"]
        (last,) = read_events(b"".join(found.listen(2, 1.0)))
        assert last.name == "done"

    def test_turn_of_a_process_that_died_ends_with_a_word(
        self, redis_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "_LOST_SECONDS", 0.2)
        mirror = RedisMirror(connect_redis(redis_url))
        died = Turns(mirror).begin(new_id(), uuid4(), 5)
        assert died
        died.add("start")
        found = Turns(mirror).find(died.turn)
        assert found
        heard = list(read_events(b"".join(found.listen(0, 5.0))))
        assert [one.name for one in heard] == ["start", "error"]

    def test_without_redis_each_goes_on_by_itself(self) -> None:
        mirror = RedisMirror(connect_redis("redis://127.0.0.1:1/0"))
        turns = Turns(mirror)
        feed = turns.begin(new_id(), uuid4(), 5)
        assert isinstance(feed, Feed)
        feed.add("done", text="a")
        assert [one.name for one in read_events(b"".join(feed.listen(0, 1.0)))] == ["done"]
        assert turns.find(uuid4()) is None


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_widget_messages="2/minute")
def test_resuming_is_no_further_message(app: Flask, widget: Widget, slow: SlowAnswer) -> None:
    slow.goes_on.release(6)
    heard = OpenStream(widget).hear_all()
    for _ in range(3):
        again = widget.send("POST", "/messages", {"text": ""}, {"Last-Event-ID": heard[0].id})
        assert again.status_code == 200
    OpenStream(widget).hear_all()
    assert widget.send("POST", "/messages", {"text": "x"}).status_code == 429
