"""The rule by which a sentence is borne out by a passage."""

import pytest

from pitchbar.answers.support import supports
from tests.answers.hits import make_hit

PASSAGE = make_hit(
    "The café opens at seven in the morning and closes at six. Refunds take up to 14 days. "
    "Dogs are not allowed inside. The Pro plan is cheaper than the Team plan. "
    "Prices rise by more than 5 % from 3 March 2024. Ada Lovelace wrote the first program. "
    "Write to the till with the receipt. The hall holds 1,200 people.\n\n"
    "| Plan | Price |\n|---|---|\n| Starter | $19 |"
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The café opens at 7 in the morning.",
        "Refunds take up to fourteen days [1].",
        "Dogs are **not** allowed inside [1, 2].",
        "The Team plan is more expensive than the Pro plan.",
        "Prices rise from 2024-03-03 by more than 5 %.",
        "The first program was written by Ada Lovelace.",
        "The hall holds 1200 people.",
        "7. Write to the till with the receipt.",
        "2) The hall holds 1200 people.",
        "The Starter plan has a price of $19.",
        "The handbook says that dogs aren't allowed inside.",
    ],
)
def test_what_the_passage_says_in_other_words_is_borne_out(sentence: str) -> None:
    support = supports(sentence, PASSAGE)
    assert support.is_supported, support.why


def test_a_whole_sentence_of_the_passage_is_borne_out_whatever_its_clauses_resemble() -> None:
    """Each clause is compared with the nearest one, which here says the contrary of it."""
    told = "A board takes, as measured: without filters 98 ms, with filters 130 ms."
    passage = make_hit(f"This is how long it takes. {told}")
    assert supports(told, passage).is_supported
    # A part of a sentence may be what the rest of it denies.
    denied = make_hit("Nobody claims that dogs are allowed inside.")
    assert not supports("Dogs are allowed inside.", denied).is_supported


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The café opens at eight in the morning.", "not in the passage: 8"),
        ("The café closes at seven.", "7 belongs to something else"),
        ("Refunds take at least 14 days.", "another side of a number"),
        ("Refunds take 14 days.", "another side of a number"),
        ("Dogs are allowed inside.", "one of the two is negated"),
        ("Refunds do not take up to 14 days.", "one of the two is negated"),
        ("The Team plan is cheaper than the Pro plan.", "another order of what is compared"),
        ("The Pro plan is more expensive than the Team plan.", "another order of what is compared"),
        ("Prices rise by less than 5 %.", "another side of a number"),
        ("Prices rise by more than 5 % from 4 March 2024.", "not in the passage: 4"),
        (
            "The first program was written by Charles Babbage.",
            "not in the passage: babbage, charles",
        ),
        ("The hall holds 12,000 people.", "not in the passage: 12000"),
        ("We deliver to your door by drone.", "says what the passage does not"),
        (
            "The café opens in the morning and is famous for its live music and dancing.",
            "says what the passage does not",
        ),
    ],
)
def test_what_the_passage_does_not_say_is_not(sentence: str, why: str) -> None:
    assert supports(sentence, PASSAGE).why == why


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        ("Shops open on Sundays.", "Shops close on Sundays."),
        ("Ausweise sind erlaubt.", "Ausweise sind nicht erlaubt."),
        ("El museo está abierto los lunes.", "El museo está cerrado los lunes."),
        ("Entry is free for children.", "Entry is paid for children."),
    ],
)
def test_the_opposite_is_not_borne_out(passage: str, sentence: str) -> None:
    language = "de" if "sind" in passage else "es" if "El" in passage else "en"
    assert supports(passage, make_hit(passage, language=language)).is_supported
    assert not supports(sentence, make_hit(passage, language=language)).is_supported


RETURNS = make_hit(
    "A voucher is worth three years and is never paid out. Sale items are excluded from returns. "
    "Returns cost nothing in Germany; from other countries the customer pays the postage. "
    "Only owners may delete a code, and its short code is never given out again. "
    "Dogs are forbidden in the garden."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "A voucher is worth three years.",
        "A voucher is never paid out.",
        "Sale items can't be returned.",
        "Returns are free of charge in Germany.",
        "Customers from other countries pay the postage.",
        "Deleting a code is reserved for owners, and the short code is never given out again.",
        "Dogs are not allowed in the garden.",
    ],
)
def test_each_clause_is_compared_with_the_one_that_comes_nearest(sentence: str) -> None:
    assert supports(sentence, RETURNS).why == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "A voucher is always paid out.",
        "A voucher is paid out.",
        "Sale items can be returned.",
        "Anyone can delete a code.",
        "Everybody may delete a code, and its short code is given out again.",
        "Dogs are allowed in the garden.",
        "Returns cost nothing in Germany only.",
    ],
)
def test_a_clause_that_turns_round_what_is_said_is_not_borne_out(sentence: str) -> None:
    assert supports(sentence, RETURNS).why


@pytest.mark.parametrize(
    ("language", "passage", "same", "contrary"),
    [
        ("zh", "特价商品不可退货。", "特价商品不可退货。", "特价商品可退货。"),
        (
            "ja",
            "セール品は返品できません。",
            "セール品は返品できません。",
            "セール品は返品できます。",
        ),
        (
            "ru",
            "Товары со скидкой не возвращаются.",
            "Товары со скидкой не возвращаются.",
            "Товары со скидкой возвращаются.",
        ),
        (
            "fr",
            "Les articles en solde ne sont pas repris.",
            "Les articles en solde ne sont jamais repris.",
            "Les articles en solde sont repris.",
        ),
        (
            "de",
            "Gutscheine werden nicht ausgezahlt.",
            "Gutscheine werden nicht ausgezahlt.",
            "Gutscheine werden ausgezahlt.",
        ),
    ],
)
def test_the_contrary_is_known_in_many_languages(
    language: str, passage: str, same: str, contrary: str
) -> None:
    hit = make_hit(passage, language=language, title="", headings=())
    assert supports(same, hit).why == ""
    assert supports(contrary, hit).why


def test_words_that_stand_there_are_not_borne_out_where_a_no_stands_before_them() -> None:
    hit = make_hit("No refunds are paid after 14 days.")
    assert not supports("Refunds are paid after 14 days.", hit).is_supported
    assert supports("No refunds are paid after 14 days.", hit).is_supported


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        ("Nothing is stored while rollups are set right.",
         "Nothing is not stored while rollups are set right."),
        ("Without it, countries come from tables that are bundled.",
         "Without it, countries come from tables that are not bundled."),
        ("Open the mailed link: nobody is locked out of the pages.",
         "Open the mailed link: nobody is not locked out of the pages."),
    ],
)  # fmt: skip
def test_one_no_more_turns_a_sentence_round(passage: str, sentence: str) -> None:
    hit = make_hit(passage)
    assert supports(passage, hit).is_supported
    assert not supports(sentence, hit).is_supported


def test_a_sentence_keeps_its_own_numbers() -> None:
    hit = make_hit("On 12 May 1705 the assembly passed an act. It had 19 members, 7 of them new.")
    assert supports("The assembly passed an act on 12 May 1705.", hit).is_supported
    assert supports(
        "On 12 May 1705 the assembly passed an act; it had 19 members.", hit
    ).is_supported
    assert not supports("On 19 May 1705 the assembly passed an act.", hit).is_supported


def test_a_number_of_another_sentence_is_not_borne_out() -> None:
    hit = make_hit("They grow from 1 mm to 1.5 m and use cilia to swim. Of those, 8 live in lakes.")
    assert supports("They grow from 1 mm to 1.5 m and use cilia to swim.", hit).is_supported
    assert not supports("They grow from 8 mm to 1.5 m and use cilia to swim.", hit).is_supported


def test_a_number_that_stands_there_once_is_not_borne_out_twice() -> None:
    hit = make_hit("The war lasted from its declaration in 1756 to the treaty in 1763.")
    assert supports("The war lasted from 1756 to the treaty in 1763.", hit).is_supported
    assert not supports("The war lasted from 1763 to the treaty in 1763.", hit).is_supported


def test_in_german_a_noun_of_another_place_is_missed() -> None:
    hit = make_hit("Rücksendungen sind in Deutschland kostenlos.", language="de")
    assert supports("Rücksendungen sind in Deutschland kostenlos.", hit).is_supported
    assert not supports("Rücksendungen aus Frankreich sind kostenlos.", hit).is_supported


def test_a_row_is_borne_out_by_its_table_and_nothing_by_an_empty_passage() -> None:
    assert supports("Starter: $19", PASSAGE).is_supported
    assert not supports("Starter: $19", make_hit("")).is_supported
    assert not supports("", PASSAGE).is_supported
