"""What becomes of each sentence of a model: its citation, and whether it is shown."""

import pytest

from pitchbar.answers.citation_check import Checked, CitationCheck
from pitchbar.answers.citation_marks import parts_of, with_marks, without_marks
from tests.answers.passages import hit_of

CODES = hit_of(
    "A code can be archived. An archived code leads to its fallback URL when one is set. Only "
    "owners may delete a code.\n\n"
    "| Plan | Scans a month | Price |\n|---|---|---|\n"
    "| Free | 1,000 | 0 € |\n| Team | 50,000 | 29 € a month |\n\n"
    "1. Open the code.\n2. Press Archive.\n\n"
    "```\npitchbar db upgrade\npitchbar serve\n```",
    title="Codes",
    headings=("Codes",),
)
RETURNS = hit_of(
    "Refunds are paid within 14 days of the return to the card that was charged. Items on sale are "
    "excluded from returns. Call the Harbour Till on +49 30 1234567, or write to "
    "till@site.example or to front-desk@mail.example.",
    1,
    title="Returns",
)


def check(*sentences: str, language: str = "en") -> tuple[list[Checked], CitationCheck]:
    """What becomes of each, and the whole."""
    whole = CitationCheck("How do refunds work?", [CODES, RETURNS], language)
    return [whole.check(one) for one in sentences], whole


def shown(sentence: str, language: str = "en") -> str:
    return CitationCheck("How do refunds work?", [CODES, RETURNS], language).check(sentence).text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Refunds go to the card you paid with [2].", "Refunds go to the card you paid with. [1]"),
        ("Refunds go to the card you paid with. [2]", "Refunds go to the card you paid with. [1]"),
        ("Refunds go to the card you paid with.[1][2]", "Refunds go to the card you paid with. [1]"),
        ("Refunds go to the card you paid with 【2†source】.",
         "Refunds go to the card you paid with. [1]"),
        ("\n- Refunds go to the **card** charged [2]", "\n- Refunds go to the **card** charged [1]"),
        ("\n2. Press Archive [1].", "\n2. Press Archive. [1]"),
        ("| Team | 50,000 | 29 € a month | [1]", "| Team | 50,000 | 29 € a month [1] |"),
        ("The Team plan includes 50,000 scans a month for 29 € [1].",
         "The Team plan includes 50,000 scans a month for 29 €. [1]"),
        # Without a number, though a passage says it.
        ("Only owners may delete a code.", "Only owners may delete a code. [1]"),
        # Two halves with a number each.
        ("Refunds are paid within 14 days [2], and only owners may delete a code [1].",
         "Refunds are paid within 14 days [1], and only owners may delete a code. [2]"),
        ("```\npitchbar db upgrade\n```", "```\npitchbar db upgrade\n```\n[1]"),
        ("Sure, here you go:", "Sure, here you go:"),
        ("|---|---|---|", "|---|---|---|"),
        ("Write to till@site.example [2].", "Write to till@site.example. [1]"),
    ],
)  # fmt: skip
def test_what_a_passage_bears_out_is_cited(said: str, text: str) -> None:
    assert shown(said) == text


@pytest.mark.parametrize(
    "said",
    [
        "Refunds are paid within 30 days [2].",
        "Refunds are paid after 14 days [2].",
        "Refunds are not paid within 14 days [2].",
        "Refunds are paid by 3 March 2027 [2].",
        "Refunds are paid by Donald Sutherland [2].",
        "According to Amazon, refunds are paid within 14 days [2].",
        "The Free plan costs 29 € [1].",
        "Items on sale can be returned [2].",
        "Anyone can delete a code [1].",
        "Refunds are paid within 14 days [2], and Harbour Till pays 500 € [1].",
        "We deliver everything by drone over night.",
        "Our codes can be printed on chocolate, sugar and marzipan [1].",
        "```\nrm -rf /\n```",
        "```\npitchbar db upgrade [1]\n```",
        "Write to front-desk@mail.example [2].",
        "[2]",
        "<b onclick=x()>Refunds</b> are paid within 14 days [2].",
    ],
)
def test_what_no_passage_bears_out_is_not_shown(said: str) -> None:
    assert shown(said) == ""


def test_a_sentence_that_says_more_than_its_passage_loses_its_citation() -> None:
    said = "Archived codes that lead to a fallback can quickly be fetched back [1]."
    [checked], _ = check(said)
    assert checked.text == without_marks(said)
    assert not any(verdict.is_supported for verdict in checked.verdicts)


def test_a_number_of_another_passage_is_put_right_where_one_says_it_word_by_word() -> None:
    [checked], done = check("Items on sale are excluded from returns [1].")
    assert checked.text == "Items on sale are excluded from returns. [1]"
    assert [citation.hit for citation in done.citations] == [1]
    [lost] = [verdict for verdict in checked.verdicts if not verdict.is_supported]
    assert lost.why.startswith("passage 1: ")
    # In other words it is not: of many passages, one has most of the words of anything.
    [checked], done = check("Refunds go to the card you paid with [1].")
    assert not done.citations
    assert not any(verdict.is_supported for verdict in checked.verdicts)


@pytest.mark.parametrize("n", [0, 3, 99, 999])
def test_a_number_without_a_passage_is_gone_and_told(n: int) -> None:
    [checked], _ = check(f"Refunds go to the card you paid with [{n}][2].")
    assert checked.text == "Refunds go to the card you paid with. [1]"
    assert [v.why for v in checked.verdicts if not v.is_supported] == [f"there is no passage {n}"]


def test_citations_are_numbered_by_what_they_quote_in_the_order_of_the_answer() -> None:
    each, done = check(
        "Refunds are paid within 14 days [2].",
        "Only owners may delete a code [1].",
        "The refund goes to the card that was charged [2].",
    )
    assert [one.text[-3:] for one in each] == ["[1]", "[2]", "[1]"]
    assert [one.n for one in done.citations] == [1, 2]
    assert [one.hit for one in done.citations] == [1, 0]
    assert done.citations[0].quote == (
        "Refunds are paid within 14 days of the return to the card that was charged."
    )


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Erstattungen kommen innerhalb von 14 Tagen [2].",
         "Erstattungen kommen innerhalb von 14 Tagen. [1]"),
        ("Erstattungen kommen innerhalb von 30 Tagen [2].", ""),
        ("Erstattungen kommen innerhalb von 14 Wochen [2].", ""),
        ("Artikel im Angebot sind ausgeschlossen [2].", "Artikel im Angebot sind ausgeschlossen."),
        ("Vor der Tür steht ein Schild mit Hinweisen.", ""),
        ("Artikel im Angebot sind ausgeschlossen [7].", ""),
    ],
)  # fmt: skip
def test_in_another_language_numbers_and_names_are_compared(said: str, text: str) -> None:
    assert shown(said, language="de") == text


def test_countries_are_known_by_their_name_in_another_language() -> None:
    hit = hit_of("Rücksendungen sind in Deutschland kostenlos.", language="de")
    check = CitationCheck("", [hit], "en")
    assert check.check("Returns are free in Germany [1].").text.endswith("[1]")
    assert check.check("Returns are free in France [1].").text == ""


def test_in_german_a_place_that_no_passage_names_is_not_shown() -> None:
    hit = hit_of("Rücksendungen sind in Deutschland kostenlos.", language="de")
    check = CitationCheck("", [hit], "de")
    assert check.check("Rücksendungen sind in Deutschland gratis [1].").text.endswith("[1]")
    assert check.check("Rücksendungen aus Frankreich sind kostenlos [1].").text == ""


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("No mark.", [("No mark.", [])]),
        ("A [1], and B [2, 3].", [("A", [1]), (", and B.", [2, 3])]),
        ("A [1-3].", [("A.", [1, 2, 3])]),
        ("A [^2] [Source 4].", [("A.", [2, 4])]),
        ("A [1](https://a.example).", [("A [1](https://a.example).", [])]),
        ("A [1-999].", [("A.", [])]),
        ("", [("", [])]),
    ],
)
def test_numbers_are_read_as_models_write_them(
    sentence: str, parts: list[tuple[str, list[int]]]
) -> None:
    assert parts_of(sentence) == parts


def test_numbers_stand_behind_a_sentence_once() -> None:
    assert with_marks("A.", [2, 1, 2]) == "A. [2][1]"
    assert with_marks("| a | b |", [1]) == "| a | b [1] |"
    assert with_marks("A.", []) == "A."
