"""What an address says of time, and what is made of it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from pitchbar.analytics.buckets import (
    bucket_days,
    bucket_starts,
    count_buckets,
    day_start,
    span_before,
    span_before_until_now,
    span_of_days,
)
from pitchbar.analytics.engine import Interval
from pitchbar.analytics.spans import PRESETS, UnreadableSpan, read_span
from pitchbar.core import clock

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Africa/Cairo")


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def span_of(zone: str = "UTC", **given: str):  # type: ignore[no-untyped-def]
    """`from_` stands for `from`."""
    return read_span({name.rstrip("_"): text for name, text in given.items()}, zone).span


def test_thirty_days_unless_told() -> None:
    span = span_of()
    assert (span.first, span.last) == (date(2026, 10, 20), date(2026, 11, 18))
    assert (span.interval, len(bucket_starts(span))) == ("day", 30)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("key", [preset.key for preset in PRESETS])
def test_every_preset_ends_now_or_before(zone: str, key: str) -> None:
    chosen = read_span({"range": key}, zone, first_day=date(2020, 2, 29))
    assert chosen.preset
    assert chosen.pairs == (("range", key),)
    today = clock.local_date(NOW, zone)
    last = date(2026, 10, 31) if key == "last_month" else today
    assert chosen.span.last == last
    starts = bucket_starts(chosen.span)
    assert starts[0] == chosen.span.start
    assert starts == sorted(set(starts))
    assert starts[-1] < chosen.span.end


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("7d", "2026-11-12"),
        ("90d", "2026-08-21"),
        ("12m", "2025-11-19"),
        ("month", "2026-11-01"),
        ("last_month", "2026-10-01"),
        ("year", "2026-01-01"),
        ("all", "2020-02-29"),
    ],
)
def test_presets_begin_where_their_words_say(key: str, first: str) -> None:
    span = read_span({"range": key}, "UTC", first_day=date(2020, 2, 29)).span
    assert span.first.isoformat() == first


def test_a_year_before_the_29th_of_february_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2028, 2, 29, 12, tzinfo=UTC))
    assert span_of(range="12m").first == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Asia/Kolkata", "2026-11-01", 25),
        ("America/Havana", "2026-03-08", 23),
        ("Africa/Cairo", "2026-04-24", 23),
    ],
)
def test_a_day_has_the_hours_that_it_has(zone: str, day: str, hours: int) -> None:
    """Kolkata's days begin within an hour of UTC, so they touch 25 of them."""
    starts = bucket_starts(span_of(zone, from_=day, to=day, interval="hour"))
    assert len(starts) == hours
    assert all(b - a == timedelta(hours=1) for a, b in pairwise(starts))


@pytest.mark.parametrize("zone", [*ZONES, "America/Havana", "Pacific/Apia", "Asia/Beirut"])
def test_days_follow_each_other_in_every_zone(zone: str) -> None:
    """Also where midnight is left out; Apia had no 30th of December in 2011."""
    for year in (2011, 2026):
        span = span_of_days(date(year, 1, 1), date(year, 12, 31), "day", zone)
        starts = bucket_starts(span)
        assert len(starts) == 365
        assert starts == sorted(starts)
        assert all(b - a <= timedelta(hours=25) for a, b in pairwise(starts))
        for day, start in zip(bucket_days(span), starts, strict=True):
            begun = clock.local_date(start, zone)
            assert begun == day or (year == 2011 and zone == "Pacific/Apia")
            assert clock.local_date(start - timedelta(microseconds=1), zone) < day


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        ("week", ["2026-10-22", "2026-10-26", "2026-11-02"]),
        ("month", ["2026-10-22", "2026-11-01"]),
    ],
)
def test_weeks_begin_on_monday_and_the_first_is_cut_off(
    interval: Interval, starts: list[str]
) -> None:
    first, last = date(2026, 10, 22), date(2026, 11, 8)
    days = bucket_days(span_of_days(first, last, interval, "UTC"))
    assert [day.isoformat() for day in days] == starts
    assert count_buckets(first, last, interval) == len(starts)


@pytest.mark.parametrize(
    ("days", "interval"), [(1, "hour"), (2, "hour"), (3, "day"), (101, "week"), (500, "month")]
)
def test_the_interval_follows_from_the_length(days: int, interval: str) -> None:
    first = (NOW - timedelta(days=days - 1)).date().isoformat()
    assert span_of(from_=first, to="2026-11-18").interval == interval


def test_times_ask_for_hours() -> None:
    span = span_of("Asia/Kolkata", from_="2026-11-01T08:15", to="2026-11-01T10:45:00Z")
    assert span.interval == "hour"
    assert span.start == datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert span.end == datetime(2026, 11, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("from", {"from": "2026-11-02", "to": "2026-11-01"}),
        ("from", {"from": "2026-11-02T09:00Z", "to": "2026-11-02T07:00Z"}),
        ("from", {"from": "yesterday"}),
        ("from", {"from": "2026-02-30"}),
        ("from", {"from": "\uff11999-01-01"}),
        ("from", {"from": "\ud800"}),
        ("from", {"from": "0001-01-01T00:00:00+14:00"}),
        ("from", {"from": "1970-01-01", "to": "2026-01-01", "interval": "day"}),
        ("from", {"from": "1970-01-01", "to": "8999-01-01"}),
        ("to", {"to": "9999-12-31"}),
        ("to", {"to": "x" * 10_000}),
        ("range", {"range": "fortnight"}),
        ("range", {"range": "\0"}),
        ("interval", {"interval": "minute"}),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(field: str, given: dict[str, str]) -> None:
    for zone in ZONES:
        with pytest.raises(UnreadableSpan) as refused:
            read_span(given, zone)
        assert list(refused.value.fields) == [field]


def test_a_hundred_years_are_so_many_months() -> None:
    span = span_of("Europe/Berlin", from_="1970-01-01", to="2069-12-31")
    assert span.interval == "month"
    assert len(bucket_starts(span)) == 1200


@pytest.mark.parametrize("zone", ZONES)
def test_the_span_before_is_as_long_and_ends_where_this_one_begins(zone: str) -> None:
    for given in ({"range": "7d"}, {"range": "month"}, {"range": "24h"}):
        span = read_span(given, zone).span
        before = span_before(span)
        assert before.end == span.start
        assert len(bucket_starts(before)) == len(bucket_starts(span))


def test_what_is_over_is_compared_with_what_was_over_by_then() -> None:
    span = span_of("Europe/Berlin", range="7d")
    until = span_before_until_now(span)
    assert until.start == span_before(span).start
    # Now is 15:30 in Berlin: up to the end of that hour, seven days before.
    assert until.end == datetime(2026, 11, 11, 15, tzinfo=UTC)
    assert until.last == date(2026, 11, 11)
    past = span_of("Europe/Berlin", from_="2026-10-01", to="2026-10-31")
    assert span_before_until_now(past) == span_before(past)


def test_a_day_begins_after_the_hour_that_is_left_out() -> None:
    assert day_start(date(2026, 4, 24), "Africa/Cairo") == datetime(2026, 4, 23, 22, tzinfo=UTC)
