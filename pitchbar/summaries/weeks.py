"""Whole weeks of a workspace's zone, and when the mail about one is due."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.core import clock

WEEK = timedelta(days=7)
# A scheduler that stood still over Monday still sends it; later, it is no news.
_LATEST = timedelta(hours=36)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def last_week(now: datetime, zone: str) -> date:
    """The first day of the last week that is over."""
    return monday_of(clock.local_date(now, zone)) - WEEK


def find_due_week(now: datetime, zone: str, hour: int) -> date | None:
    """The first day of the week that is to be told of now: from Monday at that hour, by the clocks
    of the zone, and for a day and a half.
    """
    local = now.astimezone(ZoneInfo(zone))
    first = last_week(now, zone)
    monday = datetime.combine(first + WEEK, datetime.min.time()) + timedelta(hours=hour)
    since = local.replace(tzinfo=None) - monday
    return first if timedelta(0) <= since < _LATEST else None
