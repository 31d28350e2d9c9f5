"""Whether a difference is one, against numbers that are known from elsewhere."""

import pytest

from pitchbar.outcomes.significance import Tally, Verdict, judge_difference


def judge(*pairs: tuple[int, int]) -> Verdict:
    """Each as (converted, scans)."""
    names = "ABCDEFGHIJ"
    return judge_difference(
        [Tally(names[at], scans, converted) for at, (converted, scans) in enumerate(pairs)]
    )


def test_wilson_interval_of_ten_in_a_hundred() -> None:
    rate = judge((10, 100), (12, 100)).rates[0]
    assert rate.rate == 0.1
    assert rate.low == pytest.approx(0.0552, abs=1e-4)
    assert rate.high == pytest.approx(0.1744, abs=1e-4)


def test_chi_squared_of_a_textbook_table() -> None:
    """20 of 50 against 30 of 50: chi-squared is 4 exactly, p 0.0455."""
    verdict = judge((20, 50), (30, 50))
    assert verdict.test == "Pearson's chi-squared test"
    assert verdict.p == pytest.approx(0.0455, abs=1e-4)
    assert verdict.sentence == (
        "B converts better: chance alone would show such a difference in 5 of 100 tests."
    )
    assert verdict.best == 1


def test_fishers_own_cups_of_tea() -> None:
    """3 of 4 against 1 of 4: p 0.4857."""
    verdict = judge((3, 4), (1, 4))
    assert verdict.test == "Fisher's exact test"
    assert verdict.p == pytest.approx(0.4857, abs=1e-4)
    assert verdict.sentence == (
        "Too early to say: chance alone would show such a difference in 49 of 100 tests."
    )
    assert verdict.best is None


def test_clear_difference_is_said_as_rare_as_it_is() -> None:
    assert "in 5 of 1,000 tests." in judge((50, 500), (80, 500)).sentence
    assert "in fewer than 1 of 1,000 tests." in judge((10, 1000), (90, 1000)).sentence


def test_of_three_the_best_is_named() -> None:
    verdict = judge((50, 1000), (60, 1000), (120, 1000))
    assert verdict.sentence.startswith("C converts best: ")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (((0, 0), (5, 100)), "not every destination has been scanned"),
        (((0, 0), (0, 0)), "not every destination has been scanned"),
        (((0, 100), (0, 90)), "no scan has led to a conversion yet"),
        (((3, 3), (4, 4)), "too few conversions to compare"),
        (((1, 10), (2, 10), (0, 9)), "too few conversions to compare"),
    ],
)
def test_too_little_is_no_verdict(pairs: tuple[tuple[int, int], ...], words: str) -> None:
    verdict = judge(*pairs)
    assert verdict.sentence.startswith("Too early to say: ")
    assert words in verdict.sentence
    assert (verdict.p, verdict.best) == (None, None)


def test_destination_without_scans_has_no_rate() -> None:
    assert judge((0, 0), (5, 100)).rates[0].rate is None
