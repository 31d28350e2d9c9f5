"""Times as a person types them, in the workspace's zone, where an hour may be missing or come
twice.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pitchbar.codes.limits_of_use import FIRST_YEAR, LAST_YEAR

# What browsers send for a field of date and time; some write a space, some the seconds.
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)


class InvalidLocalTime(ValueError):
    """With the sentence for whoever typed it."""


@dataclass(frozen=True)
class LocalTime:
    """`note` says what to know of it; empty where there is nothing."""

    at: datetime
    note: str = ""


def read_local_time(text: str, zone_name: str) -> LocalTime:
    """Raises InvalidLocalTime."""
    try:
        wall = datetime.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        wall = None
    if wall is None:
        raise InvalidLocalTime("Enter a date and a time, such as 2026-12-01 09:00.")
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise InvalidLocalTime(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return _place(wall, zone_name)


def write_local_time(at: datetime | None, zone_name: str) -> str:
    """As a field of date and time takes it; seconds only where there are some."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)
    return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")


def _place(wall: datetime, zone_name: str) -> LocalTime:
    zone = ZoneInfo(zone_name)
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    at = first.astimezone(UTC)
    there = at.astimezone(zone)
    clock, day = f"{wall:%H:%M}", f"{wall:%-d %B %Y}"
    if there.replace(tzinfo=None) != wall:
        raise InvalidLocalTime(
            f"{clock} is no time of {day} in {zone_name}: the clocks go forward over it. "
            f"Choose {there:%H:%M} or another."
        )
    if first.utcoffset() == second.utcoffset():
        return LocalTime(at)
    note = (
        f"{clock} comes twice on {day} in {zone_name}, as the clocks go back: "
        f"the first of the two is meant."
    )
    return LocalTime(at, note)
