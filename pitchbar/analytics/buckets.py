"""The steps of a span, and the span that it is compared with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pitchbar.analytics.engine import Interval, Span
from pitchbar.core import clock
from pitchbar.scans.ranges import start_of_day

# How many steps a series may have; a page and an answer stay small, and a question bounded.
MOST = {"hour": 24 * 62, "day": 732, "week": 1500, "month": 1500}
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def bucket_starts(span: Span) -> list[datetime]:
    """When each step of the series begins, in UTC, the first with the span itself. Weeks begin on
    Monday; where the span begins within a week or a month, so does the first step.
    """
    if span.interval == "hour":
        count = -((span.start - span.end) // _HOUR)
        return [span.start + n * _HOUR for n in range(count)]
    return [day_start(day, span.zone) for day in bucket_days(span)]


def bucket_days(span: Span) -> list[date]:
    """The first day of each step of a series by day, week or month."""
    days, day = [], span.first
    while day <= span.last:
        days.append(day)
        day = _next_step(day, span.interval)
    return days


def count_buckets(first: date, last: date, interval: Interval) -> int:
    """Of a span of whole days, without making them."""
    days = (last - first).days + 1
    if interval == "week":
        return (first.weekday() + days + 6) // 7
    if interval == "month":
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return days * 24 if interval == "hour" else days


def choose_interval(first: date, last: date) -> Interval:
    """By the length: hours of up to two days, days of up to a hundred, weeks of up to 400."""
    days = (last - first).days + 1
    if days <= 2:
        return "hour"
    if days <= 100:
        return "day"
    return "week" if days <= 400 else "month"


def day_start(day: date, zone: str) -> datetime:
    """In UTC: the first moment of the day. Where its midnight is left out, that is the moment at
    which clocks go forward.
    """
    return start_of_day(day, zone).astimezone(UTC)


def day_starts(first: date, last: date, zone: str) -> list[datetime]:
    """Of each day, and of the day behind the last."""
    count = (last - first).days + 2
    return [day_start(first + n * _DAY, zone) for n in range(count)]


def span_of_days(first: date, last: date, interval: Interval, zone: str) -> Span:
    """Both days included. Of hours: those of UTC that hold a moment of the days."""
    start, end = day_start(first, zone), day_start(last + _DAY, zone)
    if interval == "hour":
        start, end = _floor(start), _floor(end - timedelta(microseconds=1)) + _HOUR
    return Span(start, end, first, last, interval, zone)


def span_of_hours(first: datetime, last: datetime, zone: str) -> Span:
    """Both hours of UTC included."""
    start, end = _floor(first.astimezone(UTC)), _floor(last.astimezone(UTC)) + _HOUR
    last_day = clock.local_date(end - timedelta(microseconds=1), zone)
    return Span(start, end, clock.local_date(start, zone), last_day, "hour", zone)


def span_before(span: Span) -> Span:
    """As many hours or days, right before."""
    if span.interval == "hour":
        length = span.end - span.start
        return span_of_hours(span.start - length, span.start - _HOUR, span.zone)
    days = (span.last - span.first).days + 1
    return span_of_days(span.first - days * _DAY, span.first - _DAY, span.interval, span.zone)


def span_before_until_now(span: Span) -> Span:
    """What the totals are compared with: the span before, up to the hour that it is now, where the
    span is not over. A whole day of then would be too much for the current one.
    """
    before, now = span_before(span), clock.now()
    if span.interval == "hour" or not span.start <= now < span.end:
        return before
    today = clock.local_date(now, span.zone)
    day = before.first + (today - span.first)
    since = day_start(day, span.zone)
    end = _floor(since + (now - day_start(today, span.zone))) + _HOUR
    end = min(end, day_start(day + _DAY, span.zone))
    return replace(before, end=end, last=day)


def _next_step(day: date, interval: Interval) -> date:
    if interval == "week":
        return day + (7 - day.weekday()) * _DAY
    if interval == "month":
        return (day.replace(day=1) + 32 * _DAY).replace(day=1)
    return day + _DAY


def _floor(at: datetime) -> datetime:
    return clock.start_of_hour(at)
