"""What is answered without a model: sentences as they stand, in a form that can be read."""

from dataclasses import replace

import pytest

from pitchbar.answers.extractive import Composed, compose
from pitchbar.answers.filters import LinkFilter
from pitchbar.retrieval.passages import Hit
from tests.answers.hits import judged, make_hit

STEPS = (
    "To send something back, do this:\n\n1. Pack the *shoes*.\n2. Print the [label](/label).\n"
    "3. Bring the parcel to the post.\n\nThe money comes within a week."
)
TABLE = "| Plan | Price | Codes |\n|---|---|---|\n| Starter | $19 | 50 |\n| Growth | $79 | 250 |\n"
CODE = "Run the server with this:\n\n```sh\npitchbar serve\n```\n\nThen open the page."


def _composed(text: str, *sentences: str) -> Composed:
    hits = [make_hit(text)]
    return compose("?", hits, best=judged(hits, *sentences))


@pytest.mark.parametrize(
    ("text", "sentence", "answer"),
    [
        (
            "Vouchers hold for **three years**. See [the terms](/terms).",
            "Vouchers hold",
            "Vouchers hold for three years. [1]",
        ),
        (
            "Vouchers hold for three years. However, they are never paid out.",
            "However, they are",
            "Vouchers hold for three years. However, they are never paid out. [1]",
        ),
        (
            "The café has a terrace. It opens in May. This is when the ice cream comes.",
            "This is when",
            "The café has a terrace. It opens in May. This is when the ice cream comes. [1]",
        ),
        ("Bees see ultraviolet [12]. They dance.", "Bees see", "Bees see ultraviolet. [1]"),
        ("Set `HOST=<name>` first.", "Set `HOST", "Set `HOST=<name>` first. [1]"),
        (
            f"1. **Read.** {'Much is said of it. ' * 20}\n2. **Write.** Then it is written.",
            "2. **Write.**",
            "Write. Then it is written. [1]",
        ),
        ('" Kate was a model for her art.', '" Kate was', "Kate was a model for her art. [1]"),
        (
            "We like tea.\n\nThat bill would hire officers.",
            "That bill",
            "That bill would hire officers. [1]",
        ),
        ("- Tea is hot.\n- Ice is cold.", "- Ice is", "Ice is cold. [1]"),
        (
            "We have these:\n\n- Tea is hot.\n- Ice is cold.",
            "- Ice is",
            "We have these:\n- Tea is hot.\n- Ice is cold. [1]",
        ),
        ("It opens at seven.", "It opens", "Handbook: It opens at seven. [1]"),
        (
            "Can I pay by card? Yes, with all of them.",
            "Can I pay",
            "Can I pay by card? Yes, with all of them. [1]",
        ),
        (
            STEPS,
            "2. Print the",
            "To send something back, do this:\n1. Pack the shoes.\n2. Print the label.\n"
            "3. Bring the parcel to the post. [1]",
        ),
        (
            STEPS,
            "To send something back",
            "To send something back, do this:\n1. Pack the shoes.\n2. Print the label.\n"
            "3. Bring the parcel to the post. [1]",
        ),
        (TABLE, "| Growth | $79 | 250 |", "Growth \u2013 Price: $79; Codes: 250 [1]"),
        (
            CODE,
            "pitchbar serve",
            "Run the server with this:\n\n```sh\npitchbar serve\n```\n[1]",
        ),
        (
            "Wir öffnen um 7. Aber sonntags nicht.",
            "Aber",
            "Wir öffnen um 7. Aber sonntags nicht. [1]",
        ),
    ],
)
def test_answer_can_be_read_by_itself(text: str, sentence: str, answer: str) -> None:
    assert _composed(text, sentence).text == answer


def test_what_is_quoted_stands_in_its_passage_letter_by_letter() -> None:
    for text, sentence in ((STEPS, "2. Print"), (TABLE, "| Growth"), (CODE, "pitchbar serve")):
        composed = _composed(text, sentence)
        assert [one.n for one in composed.citations] == [1]
        assert composed.citations[0].quote in text
        assert "[1]" in composed.text


def test_passages_are_quoted_one_below_the_other_with_a_number_each() -> None:
    hits = [make_hit("Tea costs $3. Coffee costs $4."), make_hit("Cake costs $5 on Sundays.")]
    composed = compose("?", hits, best=judged(hits, "Cake costs", "Coffee costs"))
    assert composed.text == "Cake costs $5 on Sundays. [1]\n\nCoffee costs $4. [2]"
    assert [one.hit for one in composed.citations] == [1, 0]


def test_sentences_that_follow_each_other_are_one_quotation() -> None:
    composed = _composed(
        "Tea costs $3. Coffee costs $4. Nothing else.", "Coffee costs", "Tea costs"
    )
    assert composed.text == "Tea costs $3. Coffee costs $4. [1]"
    assert composed.citations[0].quote == "Tea costs $3. Coffee costs $4."


def test_a_citation_stays_before_what_stands_in_parentheses() -> None:
    hits = [make_hit("Tea costs $3."), make_hit("(b) Coffee costs $4.")]
    text = compose("?", hits, best=judged(hits, "Tea costs", "(b) Coffee")).text
    assert LinkFilter(hits).tidied(text) == "Tea costs $3. [1]\n\n(b) Coffee costs $4. [2]"


def test_what_another_page_repeats_is_said_once() -> None:
    hits = [
        make_hit("Vouchers hold for three years."),
        make_hit("Our vouchers hold for three years!"),
    ]
    composed = compose("?", hits, best=judged(hits, "Vouchers hold", "Our vouchers"))
    assert composed.text == "Vouchers hold for three years. [1]"


def test_another_passage_is_quoted_sooner_than_another_sentence_of_the_same() -> None:
    """Which passage answers is told less surely than which of its sentences."""
    hits = [make_hit("Tea costs $3. Milk is free. Coffee costs $4."), make_hit("Cake costs $5.")]
    best = judged(hits, "Tea costs", "Coffee costs", "Cake costs", falling=0.1)
    assert compose("?", hits, best=best).text == "Tea costs $3. [1]\n\nCake costs $5. [2]"
    # And of that other one, too, only what comes near its own best sentence.
    hits = [make_hit("Tea costs $3."), make_hit("Cake costs $5. Milk is free. Pie costs $6.")]
    best = judged(hits, "Tea costs", "Cake costs", "Pie costs", falling=0.1)
    assert compose("?", hits, best=best).text == "Tea costs $3. [1]\n\nCake costs $5. [2]"


def test_the_best_is_quoted_though_it_is_less_than_nothing() -> None:
    hits = [make_hit("Tea costs $3."), make_hit("Dogs are welcome.")]
    best = judged(hits, "Tea costs", "Dogs are", falling=0.5)
    found = tuple(replace(one, nearness=one.nearness - 3.0) for one in best.found)
    assert compose("?", hits, best=replace(best, found=found)).text == "Tea costs $3. [1]"


def test_what_is_far_from_the_best_is_left_out() -> None:
    hits = [make_hit("Tea costs $3."), make_hit("Dogs are welcome.")]
    composed = compose("?", hits, best=judged(hits, "Tea costs", "Dogs are", falling=0.5))
    assert composed.text == "Tea costs $3. [1]"


def test_the_head_of_a_table_is_not_what_is_quoted() -> None:
    """Though it came nearest, and what can be quoted is not near it."""
    hits = [make_hit(TABLE), make_hit("The price of a plan is paid each month.")]
    best = judged(hits, "Plan | Price", "The price of a plan")
    nearest = replace(best.found[0], nearness=9.0)
    composed = compose("?", hits, best=replace(best, found=(nearest, best.found[1])))
    assert composed.text == "The price of a plan is paid each month. [1]"


def test_of_two_languages_the_visitors_is_quoted() -> None:
    hits = [make_hit("Der Tee kostet 3 €.", language="de"), make_hit("Tea costs 3 €.")]
    best = judged(hits, "Der Tee", "Tea costs", falling=0.01)
    assert compose("?", hits, language="en", best=best).text == "Tea costs 3 €. [1]"
    assert compose("?", hits, language="de", best=best).text == "Der Tee kostet 3 €. [1]"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "question",
    ["", "🙂🙂", "\u200b\u200d", "\u202eolleh\u202c", "x" * 4_001, "how " * 1_000, "]]>"],
)
@pytest.mark.parametrize("text", ["", "🙂", "|||", "```", "- ", "A voucher is worth three years."])
def test_odd_questions_and_passages_do_no_harm(question: str, text: str) -> None:
    hits: list[Hit] = [make_hit(text)]
    composed = compose(question, hits)
    assert all(one.quote in text for one in composed.citations)
    assert compose(question, []).text == ""
