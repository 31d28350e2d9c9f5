"""A turn: what it is asked, what it answers, what it rests on."""

from typing import Any

import pytest

from pitchbar.answers.answering import answer
from pitchbar.answers.refusal import UNKNOWN
from pitchbar.answers.turns import Answered, Stage, Token, Turn
from tests.agents.factories import serve_draft
from tests.retrieval.factories import handbook, make_indexed
from tests.support.factories import People


@pytest.fixture
def turn(people: People) -> Turn:
    source = make_indexed(people.workspace.id, handbook())
    return Turn(
        serve_draft(people.workspace, source_ids=(source.id,)), "How long is a voucher worth?"
    )


def test_answer_without_a_model_quotes_its_source(turn: Turn) -> None:
    *before, last = answer(turn)
    assert isinstance(last, Answered)
    assert [part.name for part in before if isinstance(part, Stage)] == ["searching", "writing"]
    assert any(isinstance(part, Token) for part in before)
    assert not last.is_refused
    citation = last.citations[0]
    assert citation.quote in last.trace.hits[citation.hit].text
    assert f"[{citation.n}]" in last.text


def test_what_no_source_says_is_refused_and_a_person_offered(turn: Turn) -> None:
    *_, last = answer(Turn(turn.agent, "Who won the football match yesterday?"))
    assert isinstance(last, Answered)
    assert last.is_refused
    assert last.text == f"{UNKNOWN} I know my way around: Handbook."
    assert "person" in last.offers
    assert last.low_confidence


@pytest.mark.parametrize(
    ("config", "language", "said"),
    [
        (
            {"starters": ("When are you open?", "Do you ship?")},
            "en",
            f"{UNKNOWN} You could ask me: When are you open? · Do you ship?",
        ),
        ({"refusal": "No idea, sorry."}, "en", "No idea, sorry. I know my way around: Handbook."),
        (
            {"language": "de"},
            "en",
            "Darauf habe ich in dem, was ich weiß, keine Antwort gefunden. "
            "Ich kenne mich hiermit aus: Handbook.",
        ),
        (
            {"language": "ar"},
            "en",
            "لم أجد جوابًا عن ذلك فيما أعرفه. هذا ما أعرفه: Handbook.",
        ),
        ({"source_ids": ()}, "en", UNKNOWN),
    ],
)
def test_refusal_says_what_it_can_help_with(
    people: People, config: dict[str, Any], language: str, said: str
) -> None:
    make_indexed(people.workspace.id, handbook())
    agent = serve_draft(people.workspace, **config)
    *_, last = answer(Turn(agent, "Who won the football match yesterday?", language=language))
    assert isinstance(last, Answered)
    assert last.text == said


def test_a_question_in_another_language_is_answered_in_the_words_of_the_source(turn: Turn) -> None:
    *_, last = answer(Turn(turn.agent, "Wann öffnet das Café am Morgen?"))
    assert isinstance(last, Answered)
    assert last.text == "The café opens at seven in the morning and closes at six. [1]"
    *_, last = answer(Turn(turn.agent, "Wer hat gestern das Spiel gewonnen?"))
    assert isinstance(last, Answered)
    assert last.is_refused
