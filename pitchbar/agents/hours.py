"""Whether somebody is there, by an agent's business hours."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pitchbar.agents.config import OpenHours


def is_open(hours: Sequence[OpenHours] | None, now: datetime, time_zone: str) -> bool:
    """`now` is aware; without hours it is always open."""
    if hours is None:
        return True
    local = now.astimezone(ZoneInfo(time_zone))
    at = f"{local:%H:%M}"
    return any(one.day == local.weekday() and one.opens <= at < one.closes for one in hours)
