from dataclasses import replace

import pytest

from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.question_kinds import is_of_kind
from pitchbar.retrieval.search import search
from tests.retrieval.factories import Text, handbook, make_indexed
from tests.support.factories import People

by_words_alone = pytest.mark.settings(embeddings_model="none")

MORE = [
    Text("Wifi", "# Wifi\n\nThe network is called Guests. Its password hangs beside the till."),
    Text("Dogs", "# Dogs\n\nDogs are welcome on the terrace. Inside they must stay on the lead."),
    Text("Card", "# Card\n\nWe take all cards but cheques. Tips can be left in cash only."),
]


def _hit(text: str, **fields: object) -> Hit:
    hit = Hit(1, 1, 1, 1, "", "Handbook", ("Handbook",), text, "en", 1.0, 5.0, 0.5)
    return replace(hit, **fields)  # type: ignore[arg-type]  # names of its own fields


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How long is a voucher worth?", "A voucher is worth three years and is never paid out."),
        ("When does the café open?", "The café opens at seven in the morning and closes at six."),
        ("How many places for bicycles are there?", "twelve places for bicycles"),
        ("What is the wifi network called?", "The network is called Guests."),
        ("Are dogs welcome on the terrace?", "Dogs are welcome on the terrace."),
    ],
)
def test_the_sentence_that_answers_is_found_with_its_place(
    people: People, question: str, sentence: str
) -> None:
    make_indexed(people.workspace.id, handbook() + MORE)
    hits = search(people.workspace.id, question).hits
    answer = answer_of(question, hits)
    assert sentence in answer.sentence
    assert hits[answer.place].text[answer.start : answer.end] == answer.sentence
    assert answer.is_answered
    assert 0 < answer.score < 1


@pytest.mark.parametrize(
    "question",
    [
        "Who founded the company?",
        "How do I reset my password on the website?",
        "What is the phone number of the manager?",
        "Which payment providers does the shop support?",
        "How tall is the Eiffel Tower?",
    ],
)
def test_what_the_sources_do_not_say_is_refused(people: People, question: str) -> None:
    make_indexed(people.workspace.id, handbook() + MORE)
    answer = answer_of(question, search(people.workspace.id, question).hits)
    assert not answer.is_answered


@by_words_alone
def test_without_a_model_words_decide(people: People) -> None:
    make_indexed(people.workspace.id, handbook() + MORE)
    for question, is_answered in (
        ("How long is a voucher worth?", True),
        ("How long is the Eiffel Tower worth seeing?", False),
    ):
        answer = answer_of(question, search(people.workspace.id, question).hits)
        assert answer.is_answered == is_answered


def test_the_threshold_decides(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    hits = search(people.workspace.id, "How long is a voucher worth?").hits
    assert answer_of("How long is a voucher worth?", hits, threshold=0.0).is_answered
    assert not answer_of("How long is a voucher worth?", hits, threshold=1.0).is_answered


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "text", ["", "\n\n", "# \n---\n| | |\n", "🙂", "a" * 20_000, "| a | b |\n|---|---|\n| 1 | 2 |"]
)
def test_odd_passages_do_no_harm(text: str) -> None:
    assert not answer_of("How long is a voucher worth?", [_hit(text)]).is_answered


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("question", ["", "?", "the of", "x" * 5_000, "価格はいくら"])
def test_odd_questions_are_refused(question: str) -> None:
    assert not answer_of(question, [_hit("A voucher is worth three years.")]).is_answered
    assert answer_of(question, []).place == -1


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("How many places are there?", "There are twelve.", True),
        ("How many places are there?", "There are some.", False),
        ("When did it open?", "It opened in March.", True),
        ("When did it open?", "It opened with a party.", False),
        ("Who wrote it?", "It was written by Ada Lovelace.", True),
        ("Who wrote it?", "It was written by hand.", False),
        ("¿Cuántos sitios hay?", "Hay 12 sitios.", True),
        ("Wie lange gilt er?", "Er gilt lange.", False),
    ],
)
def test_the_kind_of_thing_that_is_asked_for_is_looked_for(
    question: str, text: str, fits: bool
) -> None:
    assert is_of_kind(question, text) == float(fits)
