"""From figures of days and hours to the totals, the series and the week of a board."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.analytics.buckets import bucket_days, bucket_starts
from pitchbar.analytics.engine import Bucket, Span, Totals
from pitchbar.analytics.sql.ranking import Sums

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
Step = date | datetime


@dataclass(slots=True)
class Counted:
    """By day, or by hour where the span is one of hours; `apart` are hits by why they were set
    apart: repeats, own, over_limit.
    """

    steps: dict[Step, Sums] = field(default_factory=dict)
    apart: dict[str, int] = field(default_factory=dict)

    def at(self, step: Step) -> Sums:
        return self.steps.setdefault(step, Sums())

    def set_apart(self, reason: str, hits: int) -> None:
        self.apart[reason] = self.apart.get(reason, 0) + hits


def totals_of(counted: Counted) -> Totals:
    every = Sums()
    for sums in counted.steps.values():
        every.add(sums)
    return Totals(
        every.hits,
        every.people,
        every.unique_people,
        counted.apart.get("repeats", 0),
        counted.apart.get("own", 0),
        counted.apart.get("over_limit", 0),
        every.worth or {},
    )


def series_of(span: Span, counted: Counted) -> list[Bucket]:
    """All steps, empty ones included. What lies beyond the ends counts in the first or last: a day
    that has not begun where the workspace is now, after it moved westward.
    """
    starts: list[datetime] = bucket_starts(span)
    edges: list[Step] = [*starts] if span.interval == "hour" else [*bucket_days(span)]
    buckets = [Sums() for _ in edges]
    for step, sums in counted.steps.items():
        buckets[max(bisect_right(edges, step) - 1, 0)].add(sums)
    return [_bucket(at, sums) for at, sums in zip(starts, buckets, strict=True)]


def _bucket(at: datetime, sums: Sums) -> Bucket:
    conversions = sum(count for count, _ in (sums.worth or {}).values())
    return Bucket(at, sums.hits, sums.people, sums.unique_people, conversions)


def week_of(zone: str, people: Mapping[datetime, int]) -> list[list[int]]:
    """By weekday and hour in which an hour of UTC begins in the zone."""
    week, place = [[0] * 24 for _ in range(7)], ZoneInfo(zone)
    for hour, count in people.items():
        local = hour.astimezone(place)
        week[local.weekday()][local.hour] += count
    return week


def hour_at(number: int) -> datetime:
    """By its number since 1970."""
    return _EPOCH + number * _HOUR


def number_of(hour: datetime) -> int:
    return (hour - _EPOCH) // _HOUR
