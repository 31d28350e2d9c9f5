"""The three figures of statistics that a comparison needs, in closed form.

The tests hold them to SciPy's, which weighs 90 MB and takes a second to load: too much for a page.
"""

import math
from itertools import accumulate
from statistics import NormalDist

# Two tables are equally likely though their logarithms differ by rounding.
_AS_LIKELY = 1e-7


def wilson_interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of a share.

    Args:
        successes: from 0 to `trials`, of which there is at least one.
        confidence: between 0 and 1, such as 0.95.

    Source:
        E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # Rounding may put the ends of nothing and of everything a hair beside them.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return max(0.0, low), min(1.0, high)


def chi_squared_tail(statistic: float, degrees: int) -> float:
    """How often chance alone makes a chi-squared of `degrees` of freedom, one at least, as large.

    Source:
        M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 26.4.4 and 26.4.5.
    """
    half = statistic / 2
    if half <= 0:
        return 1.0
    if degrees % 2:
        tail, term, steps = math.erfc(math.sqrt(half)), math.sqrt(half / math.pi) * 2, 1.5
    else:
        tail, term, steps = 0.0, 1.0, 1.0
    scale = math.exp(-half)
    for _ in range(degrees // 2):
        tail += scale * term
        term *= half / steps
        steps += 1
    return min(1.0, tail)


def fisher_exact(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The two-sided p of a table of two rows: how often chance alone, with the same sums, makes
    one that is at most as likely.

    Source:
        R. A. Fisher, "Statistical Methods for Research Workers", 1934, section 21.02.
    """
    row, column, whole = sum(first), first[0] + second[0], sum(first) + sum(second)
    least, most = max(0, row + column - whole), min(row, column)
    # Each from the one before it: the logarithms of how likely they are, less that of the first.
    ratios = (
        math.log((row - at) * (column - at) / ((at + 1) * (whole - row - column + at + 1)))
        for at in range(least, most)
    )
    likely = list(accumulate(ratios, initial=0.0))
    seen, highest = likely[first[0] - least], max(likely)
    weights = [math.exp(one - highest) for one in likely]
    rarer = (
        weight for weight, one in zip(weights, likely, strict=True) if one <= seen + _AS_LIKELY
    )
    return min(1.0, math.fsum(rarer) / math.fsum(weights))
