"""Turns with a model, which is an endpoint on this machine."""

import pytest
from flask import Flask

from pitchbar.answers.answering import answer
from pitchbar.answers.turns import LLM, Answered, Token, Turn
from tests.agents.factories import serve_draft
from tests.retrieval.factories import handbook, make_indexed
from tests.support.factories import People
from tests.support.language_model import model_of, number_of

QUESTION = "How long is a voucher worth?"
TRUE = "A voucher is worth three years and is never paid out"


@pytest.fixture
def turn(people: People) -> Turn:
    source = make_indexed(people.workspace.id, handbook())
    return Turn(serve_draft(people.workspace, source_ids=(source.id,)), QUESTION)


def asked(turn: Turn) -> tuple[str, Answered]:
    *before, last = answer(turn)
    assert isinstance(last, Answered)
    return "".join(part.text for part in before if isinstance(part, Token)), last


def test_model_answers_from_the_passages_and_its_citations_hold(app: Flask, turn: Turn) -> None:
    with model_of(app, lambda body: f"{TRUE} [{number_of(body, 'A voucher')}]."):
        streamed, last = asked(turn)
    assert last.mode == LLM
    assert last.text == streamed == f"{TRUE}. [1]"
    citation = last.citations[0]
    assert citation.quote in last.trace.hits[citation.hit].text
    assert citation.url.startswith("https://site.example/refunds#:~:text=")
