"""What a number is of, and on which side of it."""

import pytest

from pitchbar.answers.number_signs import another_sign
from pitchbar.answers.support import supports
from tests.answers.hits import make_hit


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("The plan costs €5 a month.", "The plan costs $5 a month."),
        ("The plan costs 5 euros a month.", "The plan costs 5 $ a month."),
        ("A fee of 5 % is taken.", "A fee of 5 € is taken."),
        ("A fee of 5 per cent is taken.", "A fee of 5 pounds is taken."),
        ("A scan takes < 5 ms.", "A scan takes > 5 ms."),
        ("It is kept ≤ 1,200 days.", "It is kept >= 1200 days."),
        ("The link holds for 72 minutes.", "The link holds for 72 hours."),
        ("An answer takes 30 s.", "An answer takes 30 ms."),
        ("Delivery takes 3 days.", "Delivery takes three weeks."),
        ("Delivery takes 3 to 5 weeks.", "Delivery takes 3\u20135 working days."),
        ("Files may have 20 GB.", "Files may have 20 MB."),
        ("Die Lieferung dauert 3 Wochen.", "Die Lieferung dauert 3 Tage."),
        ("It is kept at -5 degrees.", "It is kept at 5 degrees."),
        ("It is kept at 5 degrees.", "It is kept at \u22125 degrees."),
        ("A token may make 120 requests an hour.", "A token may make 120 requests per minute."),
        ("It costs 5 euros a week and 20 a day.", "It costs 5 euros a day and 20 a week."),
    ],
)
def test_another_unit_or_side_is_found_and_not_borne_out(said: str, text: str) -> None:
    assert another_sign(said, text)
    support = supports(f"{said} [1]", make_hit(text))
    assert not support.is_supported
    assert support.why.endswith("has another sign")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("The plan costs $5.", "The plan costs 5 dollars."),
        ("A fee of 5 percent is taken.", "A fee of 5% is taken."),
        ("It takes less than 5 ms, < 5.", "It takes <5 ms."),
        # With both signs there, with none, or none said.
        ("The plan costs $5.", "The plan costs $5, or 5 € in Europe."),
        ("The plan costs $5.", "The plan costs 5 a month."),
        ("The plan costs 5.", "The plan costs $5."),
        ("The plan costs $6.", "The plan costs 5 €."),
        ("Step -> 5 is the last.", "Step => 5 is the last, < 6."),
        ("Days 5, $6 in all.", "Days: 5 € each, $6 in all."),
        ("It is a 72-hour link.", "The link holds for 72 hours."),
        ("It takes 30 milliseconds.", "It takes 30ms."),
        ("Delivery takes 3 days.", "Delivery takes three working days."),
        ("Delivery takes three to 5 days.", "Delivery takes 3 - 5 days."),
        # The head of a table may say what it is of.
        ("It is kept for 30 days.", "SESSION_DAYS: `30`. An answer takes 30 seconds."),
        ("There are 5 rooms.", "There are 5 rooms. Breakfast takes 5 minutes."),
        ("Up to 120 requests/minute.", "Up to 120 requests a minute, 120 an hour."),
        ("There are 5 rooms.", "- 5 rooms\n- 6 beds"),
        ("Item 5 of 3-5, from 2 to -1.", "- 5, 3-5, from 2 to -1"),
        # Letters that a pattern takes for i, s and k, whatever case they are in.
        ("It holds 5 L\u0130TRE.", "It holds 5 l\u0131tre."),
        (
            "It takes 5 M\u0130NUTE\u017f, 6 \u212ag.",
            "It takes 5 m\u0131nutes, 6 kg, 7 a wee\u212a.",
        ),
        # What is taken off a price is written with a minus, and told without.
        ("There is a 20 % discount, or 5 euros.", "-20 % on all shoes, -5 \u20ac on boots."),
        ("", ""),
        ("$", "€ % 5"),
        ("It costs 5 DOLLAR\u017f.", "It costs $5."),
        ("5" * 5_000 + "$", "5" * 5_000 + "$"),
    ],
)
def test_the_same_or_no_sign_is_none(said: str, text: str) -> None:
    assert not another_sign(said, text)
