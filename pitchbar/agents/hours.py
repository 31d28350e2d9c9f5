from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pitchbar.agents.config import OpenHours


def is_open(hours: Sequence[OpenHours] | None, time_zone: str, now: datetime) -> bool:
    """Whether people of the workspace are there; without hours they always are."""
    if hours is None:
        return True
    local = now.astimezone(ZoneInfo(time_zone))
    at = f"{local:%H:%M}"
    return any(one.day == local.weekday() and one.opens <= at < one.closes for one in hours)
