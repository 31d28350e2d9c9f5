"""What a waiting turn becomes among the messages of its conversation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pitchbar.agents.models import Agent
from pitchbar.answers.models import LlmUsage
from pitchbar.chat import hooks
from pitchbar.chat.ids import new_id
from pitchbar.chat.kept_turns import put_all_in_place, put_in_place
from pitchbar.chat.models import ENDED, OPEN, Conversation, Message, WaitingTurn
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.support.factories import People


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


ANSWER = {"text": "From nine.", "mode": "extractive", "latency_ms": 1500, "of_a_newer_release": 7}


def make_waiting(agent: Agent, *, of: UUID | None = None, **values: Any) -> WaitingTurn:
    at = clock.now()
    content = {
        "agent_id": agent.id,
        "agent_version": 3,
        "asked_at": at.isoformat(),
        "page_url": "https://shop.example/cups",
        "language": "en",
        "scan_id": None,
        "code_id": None,
        "question": {"id": new_id().hex, "text": "When are you open?"},
        "answer": ANSWER,
        "latency_ms": 1500,
        "threshold": 0.5,
        "fell_back": "",
        "wants_person": False,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        **values,
    }
    turn = WaitingTurn(
        id=new_id(),
        workspace_id=agent.workspace_id,
        conversation_id=of or new_id(),
        visitor_id=new_id(),
        content=content,
    )
    db.session.add(turn)
    db.session.commit()
    return turn


def said() -> list[tuple[str, str]]:
    found = db.session.query(Message).order_by(Message.created_at)
    return [(one.role, one.text) for one in found]


def test_question_and_answer_stand_at_their_times(agent: Agent) -> None:
    assert put_in_place(make_waiting(agent).id)
    question, answer = db.session.query(Message).order_by(Message.created_at)
    assert (question.role, answer.role) == ("visitor", "agent")
    assert answer.created_at - question.created_at == timedelta(milliseconds=1500)
    conversation = db.session.query(Conversation).one()
    assert (conversation.messages, conversation.agent_version) == (2, 3)
    assert conversation.last_message_at == answer.created_at
    assert conversation.human_requested_at is None


def test_who_comes_second_changes_nothing(agent: Agent) -> None:
    turn_id = make_waiting(agent).id
    assert put_in_place(turn_id)
    assert not put_in_place(turn_id)
    assert len(said()) == 2


def test_where_a_person_answers_there_is_a_question_alone(agent: Agent) -> None:
    put_in_place(make_waiting(agent, answer=None, latency_ms=0).id)
    assert said() == [("visitor", "When are you open?")]
    assert db.session.query(Conversation).one().messages == 1


def test_who_asks_for_a_person_waits_from_the_first_time_on(agent: Agent) -> None:
    of = new_id()
    put_in_place(make_waiting(agent, of=of, wants_person=True).id)
    first = db.session.query(Conversation).one().human_requested_at
    assert first is not None
    put_in_place(make_waiting(agent, of=of, wants_person=True).id)
    assert db.session.query(Conversation).one().human_requested_at == first


def test_a_turn_opens_a_conversation_that_had_ended(agent: Agent) -> None:
    of = new_id()
    put_in_place(make_waiting(agent, of=of).id)
    conversation = db.session.query(Conversation).one()
    conversation.status, conversation.ended_at = ENDED, clock.now()
    db.session.commit()
    put_in_place(make_waiting(agent, of=of).id)
    assert db.session.query(Conversation.status, Conversation.ended_at).one() == (OPEN, None)


def test_a_late_job_does_not_turn_the_clock_back(agent: Agent) -> None:
    of = new_id()
    put_in_place(make_waiting(agent, of=of).id)
    before = db.session.query(Conversation).one().last_message_at
    earlier = (clock.now() - timedelta(hours=1)).isoformat()
    put_in_place(make_waiting(agent, of=of, asked_at=earlier).id)
    assert db.session.query(Conversation).one().last_message_at == before


def test_all_of_one_conversation_and_no_other_in_their_order(agent: Agent) -> None:
    of, other = new_id(), make_waiting(agent)
    for text in ("First?", "Second?"):
        make_waiting(agent, of=of, question={"id": new_id().hex, "text": text}, answer=None)
    put_all_in_place(of)
    assert [text for _, text in said()] == ["First?", "Second?"]
    assert db.session.query(WaitingTurn).one().id == other.id


def test_what_a_model_used_counts_and_others_hear_of_it(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[hooks.KeptTurn] = []
    monkeypatch.setattr(hooks, "_turn_listeners", [heard.append])
    put_in_place(make_waiting(agent, prompt_tokens=70, completion_tokens=9).id)
    used = db.session.query(LlmUsage).one()
    assert (used.prompt_tokens, used.completion_tokens) == (70, 9)
    [turn] = heard
    assert (turn.prompt_tokens, turn.threshold) == (70, 0.5)
    assert turn.answer is not None
    assert turn.answer.text == "From nine."
