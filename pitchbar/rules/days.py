"""The days of a workspace, worked out once a minute."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Day(NamedTuple):
    """`name` is as ISO 8601 writes it, `ends_at` in seconds since 1970."""

    name: str
    ends_at: int


class Calendar:
    """`day_of(milliseconds)` by the wall clock of a zone."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        # One tuple, so that threads never see half of a change.
        self._latest = (-1, Day("", 0))

    def day_of(self, now_ms: int) -> Day:
        minute = now_ms // 60_000
        latest = self._latest
        if latest[0] != minute:
            latest = self._latest = (minute, self._find(minute))
        return latest[1]

    def _find(self, minute: int) -> Day:
        date = datetime.fromtimestamp(minute * 60, UTC).astimezone(self._zone).date()
        ends = datetime.combine(date + timedelta(days=1), time(), self._zone)
        return Day(date.isoformat(), int(ends.timestamp()))
