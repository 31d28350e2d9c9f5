"""What of a passage can be quoted as one, and in which words people read it."""

import pytest

from pitchbar.answers.quotable import CODE, ITEM, ROW, SENTENCE, quotables_of, row_as_words


def shown(text: str) -> list[str]:
    return [one.shown for one in quotables_of(0, text)]


def test_sentences_items_rows_and_code_each_as_one() -> None:
    text = (
        "# Cups\n\nCups are red. They are big [3].\n\n1. Take one.\n2. Pay. Then go.\n\n"
        "| Cup | Price |\n|---|---|\n| Red | $3 |\n\n```\nbuy cup\n```\n\n***\n"
    )
    found = quotables_of(2, text)
    kinds = [one.kind for one in found]
    assert kinds == [SENTENCE, SENTENCE, ITEM, ITEM, ROW, CODE]
    assert [one.shown for one in found][:5] == [
        "Cups are red.",
        "They are big.",
        "Take one.",
        "Pay. Then go.",
        "Red: $3",
    ]
    assert all(one.hit == 2 for one in found)
    assert [one.part for one in found[:2]] == [0, 1]
    assert [one.is_step for one in found] == [False, False, True, True, False, False]


def test_places_are_those_of_the_text() -> None:
    text = "Cups are red.   They are **big**.\n\n- One, as it is"
    for one in quotables_of(0, text):
        assert text[one.start : one.end].strip() == text[one.start : one.end]
    assert [text[one.start : one.end] for one in quotables_of(0, text)][1] == "They are **big**."


def test_what_stands_in_backticks_is_not_cut() -> None:
    text = (
        "Search with `state:failed task: … since: today. Then` or by hand. "
        "Wait for `it. All is well."
    )
    assert shown(text) == [
        "Search with `state:failed task: … since: today. Then` or by hand.",
        "Wait for `it.",
        "All is well.",
    ]


def test_code_that_is_cut_gets_its_end() -> None:
    assert shown("```\nbuy cup\nbuy tea") == ["```\nbuy cup\nbuy tea\n```"]


def test_what_is_too_long_for_an_item_is_cut_at_its_sentences() -> None:
    item = "- " + " ".join(
        f"This is sentence {n} of a very long item of a list." for n in range(20)
    )
    found = quotables_of(0, item)
    assert len(found) == 20
    assert {one.kind for one in found} == {SENTENCE}


@pytest.mark.parametrize("text", ["", "---", "| | |\n|---|---|\n| | |", "# Heading", "***"])
def test_what_says_nothing_is_none(text: str) -> None:
    assert not quotables_of(0, text)


def test_a_quotation_mark_of_the_sentence_before_is_left_out() -> None:
    assert shown('" Cups are red.') == ["Cups are red."]
    assert shown('"Cups" are red.') == ['"Cups" are red.']


@pytest.mark.parametrize(
    ("head", "cells", "said"),
    [
        (["Plan", "Price"], ["Pro", "$3"], "Pro: $3"),
        (["Plan", "Price", "Codes"], ["Pro", "$3", "5"], "Pro \u2013 Price: $3; Codes: 5"),
        (["Plan", "Price", "Codes"], ["Pro", "", "5"], "Pro: 5"),
        (["Plan", "Price"], ["", "$3"], "$3"),
        (["Plan"], ["Pro"], "Pro"),
        ([], ["Pro", "$3"], "Pro: $3"),
        ([], [], ""),
    ],
)
def test_a_row_reads_by_itself(head: list[str], cells: list[str], said: str) -> None:
    assert row_as_words(head, cells) == said
