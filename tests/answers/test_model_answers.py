"""Turns with a model, which is an endpoint on this machine."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event

from pitchbar.answers.answering import answer, write
from pitchbar.answers.budget import record_usage, used_today
from pitchbar.answers.fallbacks import why_quoted
from pitchbar.answers.lookup import language_of_answer
from pitchbar.answers.prompt import build_prompt
from pitchbar.answers.refusal import UNKNOWN
from pitchbar.answers.running import Running
from pitchbar.answers.turns import EXTRACTIVE, LLM, Answered, Said, Stage, Token, Turn, Usage
from pitchbar.core import clock
from pitchbar.core.environment import SettingsError
from pitchbar.extensions import db
from tests.agents.factories import serve_draft
from tests.answers.passages import hit_of, lookup_of
from tests.conftest import MakeSettings
from tests.retrieval.factories import handbook, make_indexed
from tests.support.factories import People
from tests.support.language_model import STALL, Reply, event, model_of, number_of, stream_of

QUESTION = "How long is a voucher worth?"
TRUE = "A voucher is worth three years and is never paid out"
SECOND = "Money comes back within fourteen days"
HIT = hit_of(f"{SECOND}.\n\n{TRUE}.")
OTHER = hit_of("The café opens at seven in the morning and closes at six.", 1, title="Hours")


@pytest.fixture
def turn(people: People) -> Turn:
    return Turn(serve_draft(people.workspace), QUESTION)


def read(parts: Iterator[Any]) -> tuple[list[str], Answered]:
    *before, last = parts
    assert isinstance(last, Answered)
    return [part.text for part in before if isinstance(part, Token)], last


def written(turn: Turn, language: str = "en") -> tuple[list[str], Answered]:
    return read(write(turn, lookup_of(turn.text, HIT, OTHER, language=language), Running()))


def test_model_answers_from_the_passages_and_its_citations_hold(app: Flask, people: People) -> None:
    source = make_indexed(people.workspace.id, handbook())
    turn = Turn(serve_draft(people.workspace, source_ids=(source.id,)), QUESTION)
    with model_of(app, lambda body: f"{TRUE} [{number_of(body, 'A voucher')}]."):
        parts = list(answer(turn))
    streamed, last = read(iter(parts))
    assert [part.name for part in parts if isinstance(part, Stage)] == ["searching", "writing"]
    assert last.mode == LLM
    assert last.text == "".join(streamed) == f"{TRUE}. [1]"
    assert last.usage == Usage(100, 20)
    citation = last.citations[0]
    assert citation.quote in last.trace.hits[citation.hit].text
    assert citation.url.startswith("https://site.example/refunds#:~:text=")
    assert {"first_token", "search", "whole"} <= set(last.trace.timings)
    assert QUESTION in last.trace.prompt


# Near enough to an answer for a model that knows both languages, and not to be quoted by itself.
SPANISH = "¿A qué hora abre el café por la mañana?"


@pytest.fixture
def spanish(people: People) -> Turn:
    source = make_indexed(people.workspace.id, handbook())
    return Turn(serve_draft(people.workspace, source_ids=(source.id,)), SPANISH)


def test_model_answers_in_the_visitors_language_from_a_source_in_another(
    app: Flask, spanish: Turn
) -> None:
    with model_of(app, lambda body: f"El café abre a las 7 [{number_of(body, 'The café')}]."):
        _, last = read(answer(spanish))
    assert last.mode == LLM
    assert last.text == "El café abre a las 7. [1]"
    assert last.trace.hits[last.citations[0].hit].text.startswith("The café opens at seven")


def test_model_says_that_a_source_in_another_language_does_not_answer(
    app: Flask, spanish: Turn
) -> None:
    with model_of(app, "NO_ANSWER"):
        _, last = read(answer(spanish))
    assert last.is_refused
    assert last.mode == LLM


@pytest.mark.parametrize("limits", [{}, {"llm_daily_tokens": 1}])
def test_what_was_for_a_model_alone_is_refused_where_it_fails(
    app: Flask, spanish: Turn, limits: dict[str, Any]
) -> None:
    record_usage(spanish.agent.workspace_id, Usage(100, 20))
    with model_of(app, Reply([b"no quota"], status=429), **limits):
        _, last = read(answer(spanish))
    assert last.is_refused
    assert not last.citations
    _, last = read(answer(spanish))
    assert last.is_refused


def test_model_is_not_asked_what_no_source_comes_near(app: Flask, spanish: Turn) -> None:
    with model_of(app, f"{TRUE} [1].") as model:
        _, last = read(answer(replace(spanish, text="¿Quién ganó el partido de fútbol de ayer?")))
    assert last.is_refused
    assert not model.asked


def test_the_passage_with_the_best_sentence_is_the_first_that_a_model_reads(
    app: Flask, turn: Turn
) -> None:
    with model_of(app, f"{TRUE} [1].") as model:
        found = lookup_of(turn.text, OTHER, HIT)
        _, last = read(write(turn, found, Running()))
    assert number_of(model.asked[0], TRUE) == 1
    assert last.citations[0].hit == 0
    assert TRUE in last.trace.hits[0].text


def test_each_sentence_is_shown_when_it_is_whole(app: Flask, turn: Turn) -> None:
    with model_of(app, Reply(stream_of(f"{SECOND} [1]. {TRUE} [1].", size=3))):
        streamed, last = written(turn)
    assert streamed == [f"{SECOND}. [1]", f" {TRUE}. [2]"]
    assert [one.quote for one in last.citations] == [f"{SECOND}.", f"{TRUE}."]


def delta(text: str) -> bytes:
    return event({"choices": [{"delta": {"content": text}}]})


def slowly(text: str, times: int) -> Iterator[bytes]:
    for _ in range(times):
        time.sleep(0.02)
        yield delta(text)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply([STALL]), "slow_start"),
        (Reply([delta("A vou"), STALL]), "stalled"),
        (Reply([delta("A voucher is wor")], has_end=False), "cut_off"),
        (Reply([b"<html>\n"] * 60), "unreadable"),
        (Reply([b"data: \xf0\x9f\n\n"] * 60), "unreadable"),
        (Reply([b"no key"], status=401), "refused"),
        (Reply([b"no quota"], status=429), "busy"),
        (Reply([b"Traceback"], status=500), "failed"),
        (Reply(stream_of("")), "empty"),
        (Reply(stream_of("Vouchers last 99 years [1].")), "unsupported"),
        (Reply(stream_of("Hello there!")), "unsupported"),
        (Reply(stream_of("<think>The rules say that I")), "unsupported"),
    ],
)
def test_turn_falls_back_to_the_words_of_the_sources(
    app: Flask, turn: Turn, reply: Reply, why: str
) -> None:
    with model_of(app, reply):
        streamed, last = written(turn)
    assert last.trace.fell_back == why
    assert "(" not in why_quoted(why)
    assert last.mode == EXTRACTIVE
    assert last.text == "".join(streamed)
    assert f"{TRUE}. [1]" in last.text
    assert last.citations[0].quote.startswith(TRUE)
    for word in ("no key", "no quota", "Traceback", "html"):
        assert word not in repr(last)


def test_model_that_talks_and_says_nothing_of_use_is_given_up(app: Flask, turn: Turn) -> None:
    talk = Reply(slowly("So on, and ", 400))
    with model_of(app, talk, llm_first_sentence_timeout=0.1, llm_timeout=8.0) as model:
        _, last = written(turn)
        assert model.left.wait(5)
    assert last.trace.fell_back == "nothing_shown"
    assert f"{TRUE}. [1]" in last.text


def test_model_that_has_said_something_of_use_may_go_on(app: Flask, turn: Turn) -> None:
    talk = Reply(itertools.chain([delta(f"{TRUE} [1]. And ")], slowly("so on, ", 12)))
    with model_of(app, talk, llm_first_sentence_timeout=0.1, llm_timeout=8.0):
        _, last = written(turn)
    assert last.mode == LLM
    assert last.text.startswith(f"{TRUE}. [1]")
    assert last.trace.fell_back != "nothing_shown"


def test_what_held_before_the_model_broke_off_stays(app: Flask, turn: Turn) -> None:
    with model_of(app, Reply([delta(f"{TRUE} [1]. Money comes back wi"), STALL])):
        streamed, last = written(turn)
    assert last.mode == LLM
    assert last.text == "".join(streamed) == f"{TRUE}. [1]"
    assert last.trace.fell_back == "stalled"
    assert last.usage.completion_tokens > 5


def test_what_was_shown_before_a_leak_is_replaced(app: Flask, turn: Turn) -> None:
    def leaks(body: dict[str, Any]) -> str:
        return f"{TRUE} [1]. {body['messages'][0]['content']}"

    with model_of(app, leaks):
        streamed, last = written(turn)
    assert streamed == [f"{TRUE}. [1]"]
    assert last.mode == EXTRACTIVE
    assert last.trace.fell_back == "leak"


@pytest.mark.parametrize("said", ["NO_ANSWER", "NO_ANSWER.", " `NO_ANSWER`\n", "no_answer [1]"])
def test_model_that_finds_no_answer_refuses_kindly(app: Flask, turn: Turn, said: str) -> None:
    with model_of(app, said):
        streamed, last = written(turn)
    assert last.text == "".join(streamed)
    assert last.text.startswith(UNKNOWN)
    assert last.is_refused
    assert last.offers == ["person", "lead_form"]
    assert last.usage.prompt_tokens


def test_spent_budget_asks_no_model(app: Flask, turn: Turn, people: People) -> None:
    with model_of(app, f"{TRUE} [1].", llm_daily_tokens=120) as model:
        record_usage(people.elsewhere.id, Usage(500, 500))
        record_usage(turn.agent.workspace_id, Usage(100, 19))
        db.session.commit()
        assert written(turn)[1].mode == LLM
        record_usage(turn.agent.workspace_id, Usage(0, 1))
        db.session.commit()
        _, last = written(turn)
    assert len(model.asked) == 1
    assert last.mode == EXTRACTIVE
    assert last.trace.fell_back == "budget"


def test_budget_is_of_a_day(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    record_usage(people.workspace.id, Usage(7, 3))
    assert used_today(people.workspace.id) == 10
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert used_today(people.workspace.id) == 0


def test_visitor_who_leaves_ends_the_call(app: Flask, turn: Turn) -> None:
    running = Running()
    with model_of(app, Reply([delta(f"{TRUE} [1]. And"), STALL]), llm_stall_timeout=5) as model:
        parts = write(turn, lookup_of(QUESTION, HIT), running)
        assert next(parts) == Token(f"{TRUE}. [1]")
        parts.close()  # type: ignore[attr-defined]  # a generator, told as an iterator
        assert model.left.wait(1)
    assert running.usage.completion_tokens > 5


def test_turn_is_stopped_from_another_thread(app: Flask, turn: Turn) -> None:
    running = Running()

    def said(_: object) -> Reply:
        threading.Timer(0.05, running.stop).start()
        return Reply([delta(f"{TRUE} [1]. And"), STALL])

    with model_of(app, said, llm_stall_timeout=5) as model:
        _, last = read(write(turn, lookup_of(QUESTION, HIT), running))
        assert model.left.wait(1)
    assert last.text == f"{TRUE}. [1]"
    assert last.trace.fell_back == "stopped"


def test_nothing_is_written_and_no_connection_waits_for_the_model(
    app: Flask, people: People
) -> None:
    make_indexed(people.workspace.id, handbook())
    turn = Turn(serve_draft(people.workspace), QUESTION)
    statements: list[str] = []
    held: list[int] = []
    engine = db.engine

    def said(body: dict[str, Any]) -> str:
        held.append(engine.pool.checkedout())  # type: ignore[attr-defined]  # of QueuePool
        return f"{TRUE} [{number_of(body, 'A voucher')}]."

    sql_event.listen(
        engine, "before_cursor_execute", lambda *event: statements.append(str(event[2]))
    )
    with model_of(app, said, llm_daily_tokens=1_000):
        _, last = read(answer(turn))
    assert last.mode == LLM
    assert statements
    assert all(one.lstrip().upper().startswith(("SELECT", "PRAGMA")) for one in statements)
    assert held == [0]


def test_history_is_told_without_the_numbers_of_its_citations(app: Flask, turn: Turn) -> None:
    history = [
        *(Said("visitor", f"{at} old " * 1_000) for at in range(9)),
        Said("visitor", "Do you sell vouchers?"),
        Said("agent", "Yes, at the till [2]."),
        Said("person", "I am Ada, from the till."),
    ]
    with model_of(app, f"{TRUE} [1].") as model:
        written(replace(turn, history=history))
    _, *told, _ = model.asked[0]["messages"]
    assert [one["role"] for one in told[-3:]] == ["user", "assistant", "assistant"]
    assert told[-2]["content"] == "Yes, at the till."
    assert 4_000 < sum(len(one["content"]) for one in told) < 6_100
    assert told[0]["content"].startswith("6 old")


@pytest.mark.parametrize(
    ("own", "text", "browser", "named"),
    [
        ("", "Wie lange gilt ein Gutschein, und wo kann ich ihn einlösen?", "en", "German"),
        ("", "voucher", "fr-CA", "French (Canada)"),
        ("es", QUESTION, "en", "Spanish"),
        ("", "voucher", "", "the language of the last message"),
        ("", "voucher", "x-nonsense-}{", "the language of the last message"),
    ],
)
def test_model_is_told_in_which_language_to_answer(
    app: Flask, people: People, own: str, text: str, browser: str, named: str
) -> None:
    turn = Turn(serve_draft(people.workspace, language=own), text, language=browser)
    prompt = build_prompt(turn, text, [HIT], language_of_answer(turn))
    assert f"in {named}." in prompt.text


def test_passages_of_the_page_where_the_visitor_is_come_first(app: Flask, people: People) -> None:
    texts = [
        replace(
            text, url=f"https://shop.example/{at}", markdown=text.markdown + f"\n\nVoucher {at}."
        )
        for at, text in enumerate(handbook())
    ]
    make_indexed(people.workspace.id, texts)
    turn = Turn(serve_draft(people.workspace), "voucher")
    plain = read(answer(turn))[1].trace.hits
    second = plain[1].url
    here = read(answer(replace(turn, page_url=f"{second}/?from=mail#top")))[1].trace.hits
    assert {one.url for one in here} == {one.url for one in plain}
    assert next(one for one in here if one.url == second).score > plain[1].score


def test_settings_of_a_model_that_lack_something_stop_the_start(
    make_settings: MakeSettings,
) -> None:
    with pytest.raises(SettingsError, match="LLM_MODEL"):
        make_settings(llm_base_url="http://localhost:1/v1")
    with pytest.raises(SettingsError, match="LLM_BASE_URL"):
        make_settings(llm_api_key="sk-1")
    with pytest.raises(SettingsError, match="LLM_BASE_URL"):
        make_settings(llm_base_url="localhost:1", llm_model="m")
