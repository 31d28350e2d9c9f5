"""The spans of time that a page can show, in the workspace's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.core import clock


@dataclass(frozen=True)
class Range:
    """`count` buckets that end with the current hour or day."""

    key: str
    label: str
    interval: str
    count: int


RANGES = (
    Range("24h", "Last 24 hours", "hour", 24),
    Range("7d", "Last 7 days", "day", 7),
    Range("30d", "Last 30 days", "day", 30),
    Range("90d", "Last 90 days", "day", 90),
)
DEFAULT = RANGES[2]


def find_range(key: str | None) -> Range:
    """The range of that key; the default for anything else."""
    return next((one for one in RANGES if one.key == key), DEFAULT)


def hours_of(count: int) -> list[datetime]:
    """The starts of the last `count` UTC hours, the current one last."""
    current = clock.start_of_hour(clock.now())
    return [current - timedelta(hours=back) for back in range(count - 1, -1, -1)]


def days_of(count: int, time_zone: str) -> list[date]:
    """The last `count` days in the zone, today last."""
    today = clock.local_date(clock.now(), time_zone)
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def start_of_day(day: date, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
