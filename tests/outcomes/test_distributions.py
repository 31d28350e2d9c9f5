"""Our figures of statistics beside SciPy's, over tables of every size."""

import random

import pytest
from scipy.stats import binomtest, chi2
from scipy.stats import fisher_exact as scipy_fisher_exact

from pitchbar.outcomes.distributions import chi_squared_tail, fisher_exact, wilson_interval


@pytest.mark.parametrize("trials", [1, 2, 7, 100, 12_345, 3_000_000])
def test_intervals_are_wilsons(trials: int) -> None:
    chance = random.Random(trials)
    for successes in {0, 1, trials // 2, trials - 1, trials, chance.randint(0, trials)}:
        for confidence in (0.8, 0.95, 0.99):
            expected = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
            found = wilson_interval(successes, trials, confidence)
            assert found == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("degrees", range(1, 11))
def test_tails_are_those_of_chi_squared(degrees: int) -> None:
    for statistic in (0, 1e-9, 0.01, 0.5, 1, 3.841, 10, 40, 200, 1_000, 1e6):
        expected = float(chi2.sf(statistic, degrees))
        assert chi_squared_tail(statistic, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_small_tables_are_as_rare_as_fisher_says() -> None:
    for a in range(7):
        for b in range(7):
            for c in range(7):
                for d in range(7):
                    if (a + b) and (c + d):
                        expected = float(scipy_fisher_exact([[a, b], [c, d]]).pvalue)
                        found = fisher_exact((a, b), (c, d))
                        assert found == pytest.approx(expected, rel=1e-9), (a, b, c, d)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((3, 4_000), (0, 1_000_000)),
        ((0, 2_000_000), (4, 1_999_996)),
        ((2, 30), (1_990, 998_000)),
        ((40, 0), (0, 3_000)),
    ],
)
def test_large_tables_are_as_rare_as_fisher_says(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    expected = float(scipy_fisher_exact([first, second]).pvalue)
    assert fisher_exact(first, second) == pytest.approx(expected, rel=1e-6)
