"""Which hours a rule looks at, and which it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.core.clock import start_of_hour

HOUR = timedelta(hours=1)
WEEKS = 4
# Compared with fewer weeks, one odd week would decide.
LEAST_WEEKS = 2


@dataclass(frozen=True)
class Window:
    """From `start` up to `end`, in UTC, on full hours."""

    start: datetime
    end: datetime


def last_hours(now: datetime, minutes: int) -> Window:
    """The latest ones that are over."""
    end = start_of_hour(now)
    return Window(end - timedelta(minutes=minutes), end)


def running_hours(now: datetime, minutes: int) -> Window:
    """The same many, with the one that goes on as the last."""
    end = start_of_hour(now) + HOUR
    return Window(end - timedelta(minutes=minutes), end)


def weeks_before(window: Window, zone: str) -> tuple[Window, ...]:
    """The same hours by the clocks of the zone in each of the four weeks before, the latest first:
    in the week after the clocks change they lie an hour nearer, or farther, in UTC.
    """
    length, place = window.end - window.start, ZoneInfo(zone)
    local = window.start.astimezone(place).replace(tzinfo=None)
    starts = [
        (local - timedelta(weeks=week)).replace(tzinfo=place).astimezone(UTC)
        for week in range(1, WEEKS + 1)
    ]
    # Where clocks change by half an hour, the hours of the rollups are as near as can be.
    return tuple(Window(start_of_hour(start), start_of_hour(start) + length) for start in starts)


def count_weeks_known(windows: Sequence[Window], since: datetime) -> int:
    """How many of them lie in the time since when scans are counted."""
    return sum(window.start >= since for window in windows)
