"""What a month will come to, from the days before.

Each weekday is expected to be as it was in the last four weeks. The range holds what comes in about
eight of ten cases: days differ by chance at the least, and by more where they did so lately; what
is known of few days is known less surely. A trend is not carried on.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LOOKED_BACK = 28
# Fewer days, or less on them, say nothing.
LEAST_DAYS, LEAST_EVENTS = 7, 20
# Of a normal distribution: 80 % lie within so many standard deviations.
_WIDTH = 1.2816


@dataclass(frozen=True)
class Forecast:
    """`low` and `high` are of the whole month. The limit is reached between `hit_first` and
    `hit_last`: without the first not in this month, without the second perhaps not.
    """

    low: int
    high: int
    hit_first: date | None = None
    hit_last: date | None = None


def forecast(
    days: Mapping[date, int],
    *,
    today: date,
    day_left: float,
    begins: date,
    most: int | None,
    is_cut_off: bool = False,
) -> Forecast | None:
    """None where too little is known.

    Args:
        days: what came on each day; others had none. Today is not over yet.
        day_left: the part of today that is to come, 0 to 1.
        begins: the first whole day of the workspace.
        is_cut_off: beyond `most`, nothing more of a month is in `days`, so days after that say
            nothing.
    """
    known = [day for day in _days_before(today) if day >= begins]
    if is_cut_off and most is not None:
        known = _before_limit(known, days, most)
    counts = {day: days.get(day, 0) for day in known}
    if len({day.weekday() for day in known}) < LEAST_DAYS or sum(counts.values()) < LEAST_EVENTS:
        return None
    seen = [sum(day.weekday() == weekday for day in known) for weekday in range(7)]
    means = [
        sum(count for day, count in counts.items() if day.weekday() == weekday) / seen[weekday]
        for weekday in range(7)
    ]
    noise = _noise(counts, means)
    used = sum(count for day, count in days.items() if today.replace(day=1) <= day <= today)
    return _walk(today, day_left, float(used), seen, means, noise, most)


def month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _days_before(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in range(LOOKED_BACK, 0, -1)]


def _before_limit(known: Sequence[date], days: Mapping[date, int], most: int) -> list[date]:
    """Without days on which, or before which in their month, the limit was reached."""

    def came_by(day: date) -> int:
        first = day.replace(day=1)
        return sum(count for one, count in days.items() if first <= one <= day)

    return [day for day in known if came_by(day) < most]


def _noise(counts: Mapping[date, int], means: Sequence[float]) -> float:
    """How many times more days differ than by chance alone; at least once."""
    free = len(counts) - 7
    if free <= 0:
        return 1.0
    off = sum(
        (count - means[day.weekday()]) ** 2 / means[day.weekday()]
        for day, count in counts.items()
        if means[day.weekday()]
    )
    return max(1.0, off / free)


def _walk(
    today: date,
    day_left: float,
    used: float,
    seen: Sequence[int],
    means: Sequence[float],
    noise: float,
    most: int | None,
) -> Forecast:
    """Day by day to the end of the month."""
    to_come = [0.0] * 7
    low = high = used
    first = last = None
    day, end = today, month_end(today)
    while day <= end:
        to_come[day.weekday()] += day_left if day == today else 1.0
        more = sum(part * mean for part, mean in zip(to_come, means, strict=True))
        doubt = sum(
            noise * mean * (part + part * part / times)
            for part, mean, times in zip(to_come, means, seen, strict=True)
        )
        width = _WIDTH * math.sqrt(doubt)
        low, high = max(low, used + more - width), max(high, used + more + width)
        if most is not None:
            first = first or (day if high >= most else None)
            last = last or (day if low >= most else None)
        day += timedelta(days=1)
    return Forecast(math.floor(low), math.ceil(high), first, last)
