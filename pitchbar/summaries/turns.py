"""When in two weeks of days a figure began to be another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

# A difference that chance makes once in some hundred weeks is worth no word.
_CLEAR = 3.0
_WORTH_A_WORD = 0.1
_MOST_OF_IT = 0.7


@dataclass(frozen=True)
class Turn:
    """`day` is its place in the series. `is_single`: most of it came on that day alone."""

    day: int
    is_single: bool


def clearness(now: int, before: int) -> float:
    """How many times what chance does to such counts; 0 where it is not worth a word."""
    if abs(now - before) < _WORTH_A_WORD * max(before, 1):
        return 0.0
    clear = abs(now - before) / sqrt(max(now + before, 1))
    return clear if clear >= _CLEAR else 0.0


def find_turn(days: Sequence[int]) -> Turn:
    """Of two weeks, the second of which is the news."""
    half = len(days) // 2
    difference = sum(days[half:]) - sum(days[:half])
    way = 1 if difference >= 0 else -1
    usual = fmean(days[:half])
    strongest = max(range(half, len(days)), key=lambda day: way * (days[day] - usual))
    if way * (days[strongest] - usual) >= _MOST_OF_IT * abs(difference):
        return Turn(strongest, True)
    return Turn(max(range(1, len(days)), key=lambda day: _step(days, day, way)), False)


def _step(days: Sequence[int], day: int, way: int) -> float:
    """How well the days fall into those before and those from `day` on."""
    before, since = days[:day], days[day:]
    weight = sqrt(len(before) * len(since) / len(days))
    return way * (fmean(since) - fmean(before)) * weight
