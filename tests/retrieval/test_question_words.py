"""Which words of a question tell what it is about, and which only ask."""

import pytest

from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.asking_words import asks
from pitchbar.retrieval.name_words import name_runs
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.sentence_terms import share_of, stems_of, weighed_terms


@pytest.mark.parametrize(
    ("word", "language", "is_asking"),
    [
        ("mentioned", "en", True),
        ("described", "en", True),
        ("statement?", "en", True),
        ("use", "en", False),
        ("report", "en", False),
        ("supported?", "en", True),
        ("support", "en", False),
        ("unterstützt?", "de", True),
        ("Types", "en", True),
        ("voucher", "en", False),
        ("mentor", "en", False),
        ("erwähnt", "de", True),
        ("mentioned", "de", False),
        ("según", "es", True),
        ("mentioned", "", False),
        ("?", "en", False),
    ],
)
def test_words_that_ask(word: str, language: str, is_asking: bool) -> None:
    assert asks(word, language) is is_asking


def _names(question: str, language: str = "en") -> list[str]:
    terms = weighed_terms(question, [language], [])
    places = [(one.start, one.end) for one in terms]
    return [
        " ".join(question[slice(*places[at])] for at in run)
        for run in name_runs(question, places, language)
    ]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did President Ada Lovelace write?", ["President Ada Lovelace"]),
        ("Who opened the Bank of Narva Harbour?", ["Bank Narva Harbour?"]),
        ("Does Lovelace work here?", []),
        ("Did Ada, Grace and Mary come along?", []),
        ("How Do I Cancel My Plan?", []),
        ("WHERE IS THE TOWN HALL?", []),
        ("when did J. Smith come?", ["J. Smith"]),
    ],
)
def test_names_of_several_words(question: str, names: list[str]) -> None:
    assert _names(question) == names


def test_german_nouns_are_no_names() -> None:
    assert _names("Was kostet die Karte Venedig Lido?", "de") == []


def test_a_text_need_not_have_the_words_that_ask() -> None:
    there = frozenset(stems_of("Dogs are welcome on the terrace.", "en"))
    plain = weighed_terms("Are dogs welcome on the terrace?", ["en"], [])
    wordy = weighed_terms("What does the text mention of dogs on the terrace?", ["en"], [])
    other = weighed_terms("What does the waiter bring to dogs on the terrace?", ["en"], [])
    assert share_of(plain, there) == 1.0
    assert share_of(wordy, there) > share_of(other, there) + 0.1


def test_what_is_supported_need_not_be_called_so() -> None:
    there = frozenset(stems_of("Logos may be PNG or SVG.", "en"))
    terms = weighed_terms("Which logo formats are supported?", ["en"], [])
    other = weighed_terms("Which logo formats are mistrusted?", ["en"], [])
    assert share_of(terms, there) > share_of(other, there) + 0.1


def test_where_all_words_ask_they_count() -> None:
    assert [one.asks for one in weighed_terms("What type is mentioned?", ["en"], [])] == [False] * 2


def test_a_name_is_known_by_one_of_its_words() -> None:
    there = frozenset(stems_of("Lovelace wrote the first one in 1843.", "en"))
    whole = weighed_terms("Did Ada Lovelace come?", ["en"], [])
    apart = weighed_terms("Did Ada and Lovelace come?", ["en"], [])
    assert share_of(whole, there) > share_of(apart, there)
    assert share_of(whole, frozenset(stems_of("Nobody wrote it.", "en"))) == 0.0


@pytest.mark.usefixtures("app")
def test_a_wordy_question_is_answered_as_a_plain_one_is() -> None:
    text = (
        "We have twelve places for bicycles behind the house. Lovelace founded the house in 1998. "
        "Vouchers are never paid out in money."
    )
    hit = Hit(1, 1, 1, 1, "", "Handbook", ("Handbook",), text, "en", 1.0, 5.0, 0.5)
    plain = answer_of("When did Lovelace found the house?", [hit])
    wordy = answer_of("When did Ada Lovelace found the house described in the text?", [hit])
    other = answer_of("When did Ada Lovelace found the house rented by the waiter?", [hit])
    assert plain.is_answered
    assert wordy.is_answered
    assert wordy.sentence == plain.sentence == "Lovelace founded the house in 1998."
    assert other.score < wordy.score
