"""Which raw rows are read: a scope's, within days that need not follow each other."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from pitchbar.analytics.buckets import day_starts
from pitchbar.analytics.engine import Span


@dataclass(frozen=True, slots=True)
class Window:
    """A day of the workspace's zone, cut off where the span ends."""

    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of a workspace, perhaps of one code, within the windows, which are in order.

    Attributes:
        since: rows before it only tell who was there already on the first day: where the span
            begins within it, or up to where it is rolled.
    """

    workspace_id: int
    code_id: int | None
    windows: tuple[Window, ...]
    since: datetime | None = None

    def intervals(self) -> list[tuple[datetime, datetime]]:
        """The windows, with those that follow each other made one."""
        found: list[tuple[datetime, datetime]] = []
        for window in self.windows:
            if found and found[-1][1] == window.start:
                found[-1] = (found[-1][0], window.end)
            else:
                found.append((window.start, window.end))
        return found


def windows_of(span: Span, first: date, last: date) -> tuple[Window, ...]:
    """The days of the span between `first` and `last`, the first as a whole even where the span
    begins within it: a unique person counts in the hour in which the day first saw them.
    """
    start = max(span.first - timedelta(days=1), first)
    end = min(span.last + timedelta(days=1), last)
    if start > end:
        return ()
    starts = day_starts(start, end, span.zone)
    days = ((start + timedelta(days=n), *edges) for n, edges in enumerate(pairwise(starts)))
    return tuple(
        Window(day, begins, min(ends, span.end))
        for day, begins, ends in days
        if ends > span.start and begins < span.end and begins < ends
    )
