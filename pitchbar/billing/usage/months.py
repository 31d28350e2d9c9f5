"""Usage of months that are over, and of the one that goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.billing.usage.forecasting import month_end

SHOWN = 12


@dataclass(frozen=True)
class Month:
    """The month that goes on in a workspace. `gone` is the part of it that is over, `day_left` the
    part of today that is to come, both 0 to 1.
    """

    first: date
    today: date
    last: date
    gone: float
    day_left: float

    @property
    def next(self) -> date:
        return self.last + timedelta(days=1)


@dataclass(frozen=True)
class PastMonth:
    """`share` is of the largest month that is shown, 0 to 1, by the key of the limit."""

    first: date
    counts: Mapping[str, int]
    shares: Mapping[str, float]


def read_month(now: datetime, time_zone: str) -> Month:
    here = now.astimezone(ZoneInfo(time_zone))
    today = here.date()
    first, last = today.replace(day=1), month_end(today)
    day_gone = (here.hour * 60 + here.minute) / 1440
    gone = (today.day - 1 + day_gone) / last.day
    return Month(first, today, last, gone, 1.0 - day_gone)


def first_shown(month: Month) -> date:
    """Of the oldest month that is shown."""
    year, number = divmod(month.first.year * 12 + month.first.month - 1 - (SHOWN - 1), 12)
    return date(year, number + 1, 1)


def sum_months(
    by_limit: Mapping[str, Mapping[date, int]], month: Month, begins: date
) -> list[PastMonth]:
    """The newest first, back to the one in which the workspace began, or something was counted."""
    counts: dict[date, dict[str, int]] = {}
    for key, days in by_limit.items():
        for day, count in days.items():
            of_month = counts.setdefault(day.replace(day=1), {})
            of_month[key] = of_month.get(key, 0) + count
    oldest = max(first_shown(month), min([begins.replace(day=1), *counts]))
    firsts = [month.first]
    while firsts[-1] > oldest:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    peaks = {key: max([counts.get(one, {}).get(key, 0) for one in firsts]) for key in by_limit}
    return [
        PastMonth(
            one,
            {key: counts.get(one, {}).get(key, 0) for key in by_limit},
            {key: counts.get(one, {}).get(key, 0) / (peaks[key] or 1) for key in by_limit},
        )
        for one in firsts
    ]
