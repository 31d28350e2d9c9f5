"""Until when a conversation can be put aside, by the clocks of the workspace."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pitchbar.codes.local_times import InvalidLocalTime, read_local_time
from pitchbar.inbox.errors import InvalidSnooze

_MORNING = time(9)


def snooze_choices(time_zone: str, now: datetime) -> dict[str, tuple[str, datetime]]:
    """By key: in words, and when."""
    local = now.astimezone(ZoneInfo(time_zone))
    tomorrow = _morning(local, 1)
    monday = _morning(local, 7 - local.weekday())
    return {
        "1h": ("For an hour", now + timedelta(hours=1)),
        "4h": ("For four hours", now + timedelta(hours=4)),
        "tomorrow": ("Until tomorrow, 9:00", tomorrow),
        "monday": ("Until Monday, 9:00", monday),
    }


def read_snooze(choice: str, typed: str, time_zone: str, now: datetime) -> datetime:
    """Raises InvalidSnooze."""
    choices = snooze_choices(time_zone, now)
    if choice in choices:
        return choices[choice][1]
    try:
        return read_local_time(typed.strip(), time_zone).at
    except InvalidLocalTime as error:
        raise InvalidSnooze(str(error)) from None


def _morning(local: datetime, days: int) -> datetime:
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, _MORNING, local.tzinfo)
