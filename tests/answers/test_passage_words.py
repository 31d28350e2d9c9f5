"""A passage as it is compared: without marks, each row by itself, under its headings."""

from pitchbar.answers.passage_words import bare_words, passage_of, stems_of
from tests.answers.hits import make_hit


def test_what_people_read_is_compared_under_its_headings() -> None:
    text = "Delivery **costs nothing**. See [the list](https://a.example/x)."
    passage = passage_of(make_hit(text, title="Shop", headings=("Prices",)))
    assert passage.headings == "Shop Prices"
    assert "Shop Prices" in passage.whole
    assert "free" in passage.whole
    assert "**" not in passage.whole
    assert "a.example" not in passage.whole


def test_a_row_is_a_line_and_its_sentences_stand_by_themselves() -> None:
    table = "| Plan | What |\n|---|---|\n| Pro | Dogs may come. Cats may not. |"
    passage = passage_of(make_hit(table))
    assert len(passage.lines) == 1
    assert passage.lines[0].startswith(" pro ")
    assert any(one.endswith("Cats may not.") for one in passage.sentences)
    assert len(passage.sentences) == 2


def test_no_word_is_found_in_the_middle_of_another() -> None:
    assert " art " not in bare_words("A Party, started.")
    assert bare_words("A Party, started.") == " a party started "


def test_numbers_are_no_stems_as_they_are_compared_by_themselves() -> None:
    assert stems_of("Twelve cups cost 30 dollars", "en") >= stems_of("cups cost dollars", "en")
    assert "30" not in stems_of("They cost 30 dollars", "en")
