"""Sentences that mean little without the one before, and those that only look so."""

import pytest

from pitchbar.answers.openings import is_nameless, leads_on, leans_back


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("However, dogs are welcome.", True),
        ("It opens at seven.", True),
        ("For example, a cup.", True),
        ('"This means that you pay."', True),
        ("Deshalb ist es zu.", True),
        ("Por eso cierra.", True),
        ("Those tickets are gone.", True),
        ("The café opens at seven.", False),
        ("It is possible to pay by card.", False),
        ("There are twelve places.", False),
        ("Both dogs and cats may come.", False),
        ("Item 4 is sold.", False),
        ("Soap is sold.", False),
        ("", False),
    ],
)
def test_sentences_that_lean_on_the_one_before(sentence: str, leans: bool) -> None:
    assert leans_back(sentence) is leans


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("It opens at seven.", True),
        ("This means that you pay.", True),
        ("This ticket is gone.", False),
        ("However, dogs are welcome.", False),
        ("There are twelve places.", False),
    ],
)
def test_sentences_whose_name_is_missing(sentence: str, is_one: bool) -> None:
    assert is_nameless(sentence) is is_one


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("You need:", True),
        ('**You need:**"', True),
        ("需要\uff1a", True),
        ("Done.", False),
        (":", False),
    ],
)
def test_sentences_that_announce_what_comes(sentence: str, does: bool) -> None:
    assert leads_on(sentence) is does
