"""A sentence is held against the clause of its passage that comes nearest."""

import pytest

from pitchbar.answers.clauses import clauses_of, nearest_of, nearest_sentence, why_not_by_clauses
from pitchbar.answers.passage_words import passage_of, stems_of
from tests.answers.hits import make_hit

PASSAGE = passage_of(
    make_hit(
        "Dogs are allowed on the terrace, but cats are not allowed there. The door is always open. "
        "Returns are only for members. Nothing is stored after a day."
    )
)


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("Dogs may come in.", ["Dogs may come in."]),
        (
            "Dogs may come in, but cats must stay outside.",
            ["Dogs may come in", "but cats must stay outside."],
        ),
        ("Red, green and blue cups are sold.", ["Red, green, blue cups are sold."]),
        (
            "Wir liefern nach Wien und wir holen ab.",
            ["Wir liefern nach Wien", "wir holen ab."],
        ),
    ],
)
def test_clauses_have_words_of_their_own(sentence: str, clauses: list[str]) -> None:
    assert clauses_of(sentence) == clauses


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Dogs are allowed on the terrace.", ""),
        ("Cats are not allowed there.", ""),
        ("Dogs are allowed on the terrace, and cats are allowed there.", "negated"),
        ("Dogs are not allowed on the terrace.", "negated"),
        ("The door is never open.", "the passage says always"),
        ("The door is always closed.", "the passage says open"),
        ("Returns are for all members and for everybody.", "of some alone, or of all"),
        ("Nothing is not stored after a day.", "negated"),
        ("Bicycles stand behind the house.", ""),
    ],
)
def test_what_turns_a_clause_round_is_said(sentence: str, why: str) -> None:
    found = why_not_by_clauses(sentence, PASSAGE)
    assert why in found
    assert bool(why) == bool(found)


def test_the_nearest_has_most_words_in_common_and_few_others() -> None:
    there = ["cats sleep", "dogs bark at cats in the dark yard", "dogs bark"]
    assert nearest_of(stems_of("dogs bark", "en"), there, "en") == "dogs bark"
    assert nearest_of(stems_of("cups break", "en"), there, "en") == ""


def test_where_nothing_is_near_the_first_sentence_stands_in() -> None:
    assert nearest_sentence("Bicycles cost money.", PASSAGE).startswith("Dogs are allowed")
    assert nearest_sentence("The door was open.", PASSAGE) == "The door is always open."
