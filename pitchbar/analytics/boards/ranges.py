"""Which time a board shows, in the words of its page: a preset, or days of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pitchbar.analytics.buckets import MOST, choose_interval, count_buckets
from pitchbar.analytics.engine import Interval, Span
from pitchbar.analytics.spans import DEFAULT, PRESETS, UnreadableSpan, read_span
from pitchbar.core import clock
from pitchbar.scans.queries import find_first_day
from pitchbar.workspaces.models import Workspace

INTERVALS: tuple[Interval, ...] = ("hour", "day", "week", "month")
SHORT = {"month": "Month", "last_month": "Last month", "year": "Year", "all": "All"}
_KEYS = {preset.key for preset in PRESETS}
_HOUR = timedelta(hours=1)
# Of fewer days, a chart would have one step, or two.
_FEWEST_DAYS: Mapping[Interval, int] = {"hour": 0, "day": 2, "week": 14, "month": 59}
# More hours than this say no more than days do.
_MOST_DAYS_OF_HOURS = 14


class RangeRefused(ValueError):
    """`fields` says what is wrong with which: "from", "to"."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Range:
    """What an address asks for.

    Attributes:
        key: of the preset; empty for days of one's own.
        intervals: which the chart can be drawn by.
        before: what it is compared with, as in "more than in the 30 days before"; empty where
            there is nothing before.
    """

    key: str
    label: str
    span: Span
    intervals: tuple[Interval, ...]
    before: str

    @property
    def is_open(self) -> bool:
        """Whether its last step is not over."""
        return self.span.start <= clock.now() < self.span.end


def read_range(arguments: Mapping[str, str], workspace: Workspace) -> Range:
    """Of `range`, or `from` and `to`, and `interval`. An unknown preset is the default one, and an
    interval that does not fit gives way: both may come with another range from a link.

    Raises:
        RangeRefused
    """
    given = {name: arguments.get(name, "").strip() for name in ("from", "to", "range")}
    if given["range"] not in _KEYS:
        given["range"] = DEFAULT.key
    first_day = find_first_day(workspace) if given["range"] == "all" else None
    try:
        chosen = read_span(given, workspace.time_zone, first_day=first_day)
        fitting = _fitting(chosen.span)
        asked = arguments.get("interval", "")
        if asked in fitting and asked != chosen.span.interval:
            given["interval"] = asked
            chosen = read_span(given, workspace.time_zone, first_day=first_day)
    except UnreadableSpan as error:
        raise RangeRefused(_in_words(error)) from None
    span = _clipped(chosen.span)
    if chosen.preset:
        key = chosen.preset.key
        before = "" if key == "all" else chosen.preset.before
        return Range(key, chosen.preset.label, span, fitting, before)
    return Range("", _days_in_words(span), span, fitting, _before(span))


def _clipped(span: Span) -> Span:
    """All hours that are not over yet belong to today; a board by the hour ends with this one."""
    end = clock.start_of_hour(clock.now()) + _HOUR
    if span.interval != "hour" or not span.start < end < span.end:
        return span
    return replace(span, end=end, last=clock.local_date(end - _HOUR, span.zone))


def _fitting(span: Span) -> tuple[Interval, ...]:
    days = (span.last - span.first).days + 1
    if span.interval == "hour" and not _is_whole_days(span):
        return ("hour",)
    found = [
        one
        for one in INTERVALS
        if _FEWEST_DAYS[one] <= days
        and count_buckets(span.first, span.last, one) <= MOST[one]
        and (one != "hour" or days <= _MOST_DAYS_OF_HOURS)
    ]
    return tuple(found) or (choose_interval(span.first, span.last),)


def _is_whole_days(span: Span) -> bool:
    zone = ZoneInfo(span.zone)
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    return start.hour == 0 and (end.hour == 0 or span.end > clock.now())


def _in_words(error: UnreadableSpan) -> Mapping[str, str]:
    (field, sentence), *_ = error.fields.items()
    if sentence.startswith("must be a day"):
        return {field: "This is no day. Write it like 2026-11-01."}
    if "at most" in sentence:
        return {"from": "That is longer than a board can show. Choose a later first day."}
    return {"to": "The last day is before the first one."}


def _before(span: Span) -> str:
    hours = round((span.end - span.start) / _HOUR)
    if span.interval == "hour" and hours < 48:
        return f"the {hours} hours before" if hours > 1 else "the hour before"
    days = (span.last - span.first).days + 1
    return f"the {days} days before" if days > 1 else "the day before"


def _days_in_words(span: Span) -> str:
    zone = ZoneInfo(span.zone)
    if span.interval == "hour" and not _is_whole_days(span):
        start, end = span.start.astimezone(zone), span.end.astimezone(zone)
        until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end)}, {end:%H:%M}"
        return f"{_day(start)}, {start:%H:%M} to {until}"
    if span.first == span.last:
        return _day(span.first)
    return f"{_day(span.first)} to {_day(span.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
