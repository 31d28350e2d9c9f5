"""From what an address says of time to the span that is asked for: `range=30d`, or `from` and `to`,
and `interval`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from pitchbar.analytics.buckets import (
    MOST,
    choose_interval,
    count_buckets,
    span_of_days,
    span_of_hours,
)
from pitchbar.analytics.engine import Interval, Span
from pitchbar.core import clock
from pitchbar.errors import DomainError

_INTERVALS: tuple[Interval, ...] = get_args(Interval)
_YEARS = range(1970, 9001)
_DEFAULT_DAYS = 30


class UnreadableSpan(DomainError):
    """`fields` has one sentence, for `range`, `from`, `to` or `interval`."""

    code = "invalid"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"Check {field}.", fields={field: sentence})


@dataclass(frozen=True, slots=True)
class Preset:
    """`before` names what it is compared with, as in "more than in the 30 days before"."""

    key: str
    label: str
    before: str


@dataclass(frozen=True, slots=True)
class ChosenSpan:
    """`preset` is None where days or hours were named. `pairs` stand in an address for it."""

    span: Span
    preset: Preset | None
    pairs: tuple[tuple[str, str], ...]


PRESETS = (
    Preset("24h", "Last 24 hours", "the 24 hours before"),
    Preset("7d", "Last 7 days", "the 7 days before"),
    Preset("30d", "Last 30 days", "the 30 days before"),
    Preset("90d", "Last 90 days", "the 90 days before"),
    Preset("12m", "Last 12 months", "the 12 months before"),
    Preset("month", "This month", "as many days before"),
    Preset("last_month", "Last month", "as many days before"),
    Preset("year", "This year", "as many days before"),
    Preset("all", "All time", "as many days before"),
)
DEFAULT = PRESETS[2]
_BY_KEY = {preset.key: preset for preset in PRESETS}
_DAYS = {"7d": 7, "30d": 30, "90d": 90}


def read_span(
    arguments: Mapping[str, str],
    zone: str,
    *,
    first_day: date | None = None,
    choose: Callable[[date, date], Interval] = choose_interval,
    times_mean_hours: bool = True,
) -> ChosenSpan:
    """Of an address. `from` and `to` go before `range`; without any, the last 30 days.

    Args:
        first_day: on which all time begins; a year ago unless told.
        choose: the interval for days, first and last, where none is named.
        times_mean_hours: whether times ask for hours where no interval is named.

    Raises:
        UnreadableSpan
    """
    interval = _read_interval(arguments.get("interval", "").strip())
    given = {name: arguments.get(name, "").strip() for name in ("from", "to")}
    if any(given.values()):
        first, last = (_read_end(name, given[name], zone) for name in ("from", "to"))
        has_times = times_mean_hours and (first.is_time or last.is_time)
        if interval == "hour" or (interval is None and has_times):
            span = _span_of_hours(first, last, zone)
        else:
            span = _span_of_ends(first, last, interval, zone, choose)
        return ChosenSpan(span, None, _pairs(given, interval))
    key = arguments.get("range", "").strip() or DEFAULT.key
    if key not in _BY_KEY:
        raise UnreadableSpan("range", f"must be one of {', '.join(_BY_KEY)}")
    span = _span_of_preset(key, interval, zone, first_day, choose)
    return ChosenSpan(span, _BY_KEY[key], _pairs({"range": key}, interval))


def _pairs(given: Mapping[str, str], interval: Interval | None) -> tuple[tuple[str, str], ...]:
    pairs = [(name, text) for name, text in given.items() if text]
    return (*pairs, ("interval", interval)) if interval else tuple(pairs)


def _read_interval(text: str) -> Interval | None:
    for interval in _INTERVALS:
        if text == interval:
            return interval
    if text:
        raise UnreadableSpan("interval", f"must be one of {', '.join(_INTERVALS)}")
    return None


def _span_of_preset(
    key: str,
    interval: Interval | None,
    zone: str,
    first_day: date | None,
    choose: Callable[[date, date], Interval],
) -> Span:
    now = clock.now()
    today = clock.local_date(now, zone)
    if key == "24h" and interval in (None, "hour"):
        return span_of_hours(now - timedelta(hours=23), now, zone)
    first, last = _days_of_preset(key, today, first_day)
    return _checked(first, last, interval, zone, choose)


def _days_of_preset(key: str, today: date, first_day: date | None) -> tuple[date, date]:
    if key in _DAYS:
        return today - timedelta(days=_DAYS[key] - 1), today
    month = today.replace(day=1)
    if key == "last_month":
        last = month - timedelta(days=1)
        return last.replace(day=1), last
    firsts = {
        "24h": today - timedelta(days=1),
        "12m": _year_before(today) + timedelta(days=1),
        "month": month,
        "year": today.replace(month=1, day=1),
        "all": min(first_day or _year_before(today), today),
    }
    return firsts[key], today


def _year_before(day: date) -> date:
    # The 29th of February has none.
    return day.replace(year=day.year - 1, day=min(day.day, 28 if day.month == 2 else 31))


@dataclass(frozen=True, slots=True)
class _End:
    """`day` is None where nothing was said; `at` as well where it was a bare day."""

    day: date | None = None
    at: datetime | None = None

    @property
    def is_time(self) -> bool:
        return self.at is not None


def _span_of_ends(
    first: _End,
    last: _End,
    interval: Interval | None,
    zone: str,
    choose: Callable[[date, date], Interval],
) -> Span:
    last_day = last.day or clock.local_date(clock.now(), zone)
    first_day = first.day or last_day - timedelta(days=_DEFAULT_DAYS - 1)
    return _checked(first_day, last_day, interval, zone, choose)


def _span_of_hours(first: _End, last: _End, zone: str) -> Span:
    end = last.at or (_last_hour(last.day, zone) if last.day else clock.now())
    start = first.at or (
        span_of_days(first.day, first.day, "hour", zone).start
        if first.day
        else end - timedelta(hours=23)
    )
    span = span_of_hours(start, end, zone)
    count = (span.end - span.start) // timedelta(hours=1)
    if count <= 0:
        raise UnreadableSpan("from", "must be before to")
    if count > MOST["hour"]:
        raise UnreadableSpan("from", f"must be before to, by at most {MOST['hour']} hours")
    return span


def _last_hour(day: date, zone: str) -> datetime:
    return span_of_days(day, day, "hour", zone).end - timedelta(hours=1)


def _checked(
    first: date,
    last: date,
    interval: Interval | None,
    zone: str,
    choose: Callable[[date, date], Interval],
) -> Span:
    if first > last:
        raise UnreadableSpan("from", "must be before to")
    chosen = interval or choose(first, last)
    if count_buckets(first, last, chosen) > MOST[chosen]:
        raise UnreadableSpan("from", f"must be before to, by at most {MOST[chosen]} {chosen}s")
    return span_of_days(first, last, chosen, zone)


def _read_end(name: str, text: str, zone: str) -> _End:
    """A day of the zone, or a time in it unless it names its own."""
    text = text.replace(" ", "+")  # a plus sign that nobody encoded
    if not text:
        return _End()
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at
        at = at.astimezone(ZoneInfo(zone))
        # Leaves room for any arithmetic on the ends of a span.
        if at.year not in _YEARS:
            raise ValueError
    except (ValueError, OverflowError):
        sentence = "must be a day or a time such as 2026-11-01T08:00:00Z"
        raise UnreadableSpan(name, sentence) from None
    is_day = len(text) == 10 or (len(text) == 8 and text.isdigit())
    return _End(at.date(), None if is_day else at.astimezone(UTC))
