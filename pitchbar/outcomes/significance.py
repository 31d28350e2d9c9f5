"""Whether the destinations of a split really convert differently, or chance alone made it look so.

Rates come with Wilson's 95 % interval. The difference is tested with Pearson's chi-squared test
without correction; where it expects fewer than five of a kind, with Fisher's exact test for two
destinations, and not at all for more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.outcomes.distributions import chi_squared_tail, fisher_exact, wilson_interval

# A difference that chance alone makes less often than this is called one.
LEVEL = 0.05
_CONFIDENCE = 0.95
_LEAST_EXPECTED = 5


@dataclass(frozen=True)
class Tally:
    """Scans of a destination, and how many of them led to a conversion."""

    name: str
    scans: int
    converted: int


@dataclass(frozen=True)
class Rate:
    """In parts of one, with the interval; None where nobody came, or nothing came of anybody."""

    rate: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`best` is the place of the one that converts better, where that is certain enough; `test`
    names the test, empty where none was made.
    """

    sentence: str
    rates: Sequence[Rate]
    test: str = ""
    p: float | None = None
    best: int | None = None


def judge_difference(tallies: Sequence[Tally]) -> Verdict:
    if not any(tally.converted for tally in tallies):
        return _without_conversions(tallies)
    rates = [_rate(tally) for tally in tallies]
    if any(not tally.scans for tally in tallies):
        return Verdict("Too early to say: not every destination has been scanned.", rates)
    test, p = _test(tallies)
    if p is None:
        return Verdict("Too early to say: there are too few conversions to compare.", rates)
    chance = f"chance alone would show such a difference in {_often(p)}"
    if p >= LEVEL:
        return Verdict(f"Too early to say: {chance}.", rates, test, p)
    best = max(range(len(tallies)), key=lambda at: rates[at].rate or 0.0)
    better = "better" if len(tallies) == 2 else "best"
    return Verdict(f"{tallies[best].name} converts {better}: {chance}.", rates, test, p, best)


def _without_conversions(tallies: Sequence[Tally]) -> Verdict:
    rates = [Rate(0.0 if tally.scans else None) for tally in tallies]
    if any(not tally.scans for tally in tallies):
        return Verdict("Too early to say: not every destination has been scanned.", rates)
    return Verdict("Too early to say: no scan has led to a conversion yet.", rates)


def _rate(tally: Tally) -> Rate:
    if not tally.scans:
        return Rate(None)
    low, high = wilson_interval(tally.converted, tally.scans, _CONFIDENCE)
    return Rate(tally.converted / tally.scans, low, high)


def _test(tallies: Sequence[Tally]) -> tuple[str, float | None]:
    pairs = [(tally.converted, tally.scans - tally.converted) for tally in tallies]
    converted, others = (sum(column) for column in zip(*pairs, strict=True))
    if not others:
        # Everybody converted everywhere: there is no difference.
        return "", None
    expected = [
        (pair, (scans * converted / (converted + others), scans * others / (converted + others)))
        for pair, scans in zip(pairs, map(sum, pairs), strict=True)
    ]
    if min(min(counts) for _, counts in expected) >= _LEAST_EXPECTED:
        statistic = sum(
            (seen - count) ** 2 / count
            for pair, counts in expected
            for seen, count in zip(pair, counts, strict=True)
        )
        return "Pearson's chi-squared test", chi_squared_tail(statistic, len(tallies) - 1)
    if len(pairs) == 2:
        return "Fisher's exact test", fisher_exact(*pairs)
    return "", None


def _often(p: float) -> str:
    """ "2 of 100 tests"."""
    if p < 0.001:
        return "fewer than 1 of 1,000 tests"
    if p < 0.01:
        return f"{max(round(p * 1000), 1)} of 1,000 tests"
    return f"{round(p * 100)} of 100 tests"
