"""Which conditions of a rule set hold for a value, answered by a look-up and not one by one.

Each condition has a bit. A table knows the bits of one kind of condition, and its `mask` is those
of them that hold. So it costs the same whether two conditions ask for a country or two hundred.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ValueTable:
    """Values that are in a list, or not.

    Args:
        by_many: whether `mask_of_all` will be asked, for things that go by several names.
    """

    def __init__(self, *, by_many: bool = False) -> None:
        self._by_many = by_many
        self._listed: dict[str, int] = {}
        self._excluded: dict[str, int] = {}
        self._default = 0
        self._masks: dict[str, int] = {}

    def add(self, bit: int, values: Iterable[str], is_excluded: bool) -> None:
        side = self._excluded if is_excluded else self._listed
        for value in values:
            side[value] = side.get(value, 0) | bit
        if is_excluded:
            self._default |= bit

    def freeze(self) -> None:
        if self._by_many:
            return
        for value in self._listed.keys() | self._excluded.keys():
            self._masks[value] = self.mask_of_all((value,))
        # Not needed again, and large in large sets.
        self._listed, self._excluded = {}, {}

    def mask(self, value: str) -> int:
        return self._masks.get(value, self._default)

    def mask_of_all(self, values: Sequence[str]) -> int:
        """For one thing that goes by several names: in a list by any, out of it by none."""
        listed = excluded = 0
        for value in values:
            listed |= self._listed.get(value, 0)
            excluded |= self._excluded.get(value, 0)
        return listed | self._default & ~excluded


class ParameterTable:
    """Parameters of the address by their names."""

    def __init__(self) -> None:
        self._values: dict[str, ValueTable] = {}
        self._present: dict[str, int] = {}
        self._absent: dict[str, int] = {}
        self.names: frozenset[str] = frozenset()
        # What holds for an address without a query.
        self.nothing = 0

    def add_value(self, bit: int, name: str, value: str, is_excluded: bool) -> None:
        self._values.setdefault(name, ValueTable()).add(bit, (value,), is_excluded)
        if is_excluded:
            self._absent[name] = self._absent.get(name, 0) | bit

    def add_presence(self, bit: int, name: str, is_present: bool) -> None:
        side = self._present if is_present else self._absent
        side[name] = side.get(name, 0) | bit

    def freeze(self) -> None:
        for table in self._values.values():
            table.freeze()
        self.names = frozenset({*self._values, *self._present, *self._absent})
        self.nothing = self.mask({})

    def mask(self, found: Mapping[str, str]) -> int:
        mask = 0
        for name in self.names:
            if name not in found:
                mask |= self._absent.get(name, 0)
                continue
            mask |= self._present.get(name, 0)
            if name in self._values:
                mask |= self._values[name].mask(found[name])
        return mask


class ClockTable:
    """Windows of time by the wall clock of their zone: an hour that comes twice is in a window
    twice, and one that is left out is in none.
    """

    def __init__(self) -> None:
        self._windows: list[tuple[int, ZoneInfo, frozenset[int], int, int]] = []
        self._dates: list[tuple[int, ZoneInfo, str, str]] = []
        # One tuple, so that threads never see half of a change.
        self._latest = (-1, 0)

    def add_window(
        self,
        bit: int,
        zone: str,
        weekdays: Iterable[str] | None,
        start: str | None,
        end: str | None,
    ) -> None:
        days = frozenset(map(WEEKDAYS.index, WEEKDAYS if weekdays is None else weekdays))
        window = (_minutes(start or "00:00"), _minutes(end or "24:00"))
        self._windows.append((bit, ZoneInfo(zone), days, *window))

    def add_date(self, bit: int, zone: str, first: str | None, last: str | None) -> None:
        # As ISO 8601 writes them, days are in the order of their letters.
        self._dates.append((bit, ZoneInfo(zone), first or "", last or "9999-12-31"))

    def mask(self, now_ms: int) -> int:
        """Worked out once a minute, as nothing here is finer."""
        minute = now_ms // 60_000
        latest = self._latest
        if latest[0] != minute:
            latest = self._latest = (minute, self._mask_of(minute))
        return latest[1]

    def _mask_of(self, minute: int) -> int:
        at = datetime.fromtimestamp(minute * 60, UTC)
        mask = 0
        for bit, zone, days, start, end in self._windows:
            if _is_within(at.astimezone(zone), days, start, end):
                mask |= bit
        for bit, zone, first, last in self._dates:
            if first <= at.astimezone(zone).date().isoformat() <= last:
                mask |= bit
        return mask


class CountTable:
    """Limits of how many scans came before."""

    def __init__(self) -> None:
        self._limits: list[tuple[int, int, bool]] = []
        self._steps: tuple[int, ...] = ()
        self._masks: tuple[int, ...] = ()

    def add(self, bit: int, limit: int, is_below: bool) -> None:
        self._limits.append((bit, limit, is_below))

    def freeze(self) -> None:
        self._steps = tuple(sorted({limit for _, limit, _ in self._limits}))
        self._masks = tuple(
            sum(bit for bit, limit, is_below in self._limits if (count < limit) is is_below)
            for count in (-1, *self._steps)
        )

    def mask(self, count: int) -> int:
        return self._masks[bisect_right(self._steps, count)]


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _is_within(local: datetime, days: frozenset[int], start: int, end: int) -> bool:
    minute, day = local.hour * 60 + local.minute, local.weekday()
    if start < end:
        return start <= minute < end and day in days
    # Across midnight: the early part belongs to the day before.
    if minute >= start:
        return day in days
    return minute < end and (day - 1) % 7 in days
