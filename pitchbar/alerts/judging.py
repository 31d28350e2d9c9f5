"""Whether what was measured is what a rule waits for. Nothing here asks the database: the preview
judges hours that are over with the same functions.

Spike and drop compare with the same hours of up to four weeks before. Each says "so many percent",
and besides must be more than chance: the counts are taken for Poisson numbers, and given their sum,
how many of them fall into this window is binomial (Przyborowski and Wilenski, 1940). It must also
lie beyond each of the weeks, as real weeks differ by more than chance.
"""

import math
from dataclasses import dataclass
from statistics import fmean

from pitchbar.alerts.windows import LEAST_WEEKS

# Of one hour. A rule judges some 700 hours in a month.
_CHANCE = 1e-5


@dataclass(frozen=True)
class Reading:
    """What was measured of one rule: people in its window, and in that of each week before that
    is known.
    """

    count: int
    weeks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """`is_over` says whether the rule's condition holds. `expected` is what was compared with."""

    is_over: bool
    value: int
    expected: float | None = None


def judge_over(reading: Reading, threshold: int) -> Verdict | None:
    return Verdict(reading.count > threshold, reading.count, threshold)


def judge_under(reading: Reading, threshold: int) -> Verdict | None:
    return Verdict(reading.count < threshold, reading.count, threshold)


def judge_silence(reading: Reading, _threshold: int) -> Verdict | None:
    return Verdict(reading.count == 0, reading.count)


def judge_spike(reading: Reading, threshold: int) -> Verdict | None:
    """None while fewer than two weeks are known."""
    if len(reading.weeks) < LEAST_WEEKS:
        return None
    expected = fmean(reading.weeks)
    is_over = (
        reading.count >= expected * (1 + threshold / 100)
        and reading.count > max(reading.weeks)
        and _chance_of_so_many(reading.count, reading.weeks) < _CHANCE
    )
    return Verdict(is_over, reading.count, expected)


def judge_drop(reading: Reading, threshold: int) -> Verdict | None:
    """None while fewer than two weeks are known."""
    if len(reading.weeks) < LEAST_WEEKS:
        return None
    expected = fmean(reading.weeks)
    is_over = (
        reading.count <= expected * (1 - threshold / 100)
        and reading.count < min(reading.weeks)
        and _chance_of_so_few(reading.count, reading.weeks) < _CHANCE
    )
    return Verdict(is_over, reading.count, expected)


def _chance_of_so_many(count: int, weeks: tuple[int, ...]) -> float:
    """P(X >= count) for X of Binomial(count + sum of the weeks, 1 / (1 + weeks))."""
    return _tail(count, count + sum(weeks), 1 / (1 + len(weeks)))


def _chance_of_so_few(count: int, weeks: tuple[int, ...]) -> float:
    """P(X <= count): as many others or more lie outside of this window."""
    trials = count + sum(weeks)
    return _tail(trials - count, trials, len(weeks) / (1 + len(weeks)))


def _tail(count: int, trials: int, share: float) -> float:
    """P(X >= count) of Binomial(trials, share): summed up from there, as each term is smaller than
    the one before by a falling factor.
    """
    if count <= trials * share:
        return 1.0
    odds = share / (1 - share)
    term = math.exp(
        math.lgamma(trials + 1)
        - math.lgamma(count + 1)
        - math.lgamma(trials - count + 1)
        + count * math.log(share)
        + (trials - count) * math.log1p(-share)
    )
    total = 0.0
    for successes in range(count, trials + 1):
        total += term
        term *= (trials - successes) / (successes + 1) * odds
        if term < total * 1e-9:
            break
    return min(1.0, total)
