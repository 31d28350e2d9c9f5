"""Numbers, times and places as a person says them."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.core import clock, wording

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_number_has_its_commas() -> None:
    assert wording.number(12340) == "12,340"
    assert wording.number(0) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (1250, "1.2k"),
        (12_340, "12.3k"),
        (123_400, "123k"),
        (999_499, "999k"),
        (999_500, "1m"),
        (1_000_000, "1m"),
        (999_499_999, "999m"),
        (999_999_999, "1bn"),
        (1_500_000, "1.5m"),
        (2_000_000_000, "2bn"),
    ],
)
def test_short_number_has_three_figures(value: int, text: str) -> None:
    assert wording.short_number(value) == text


@pytest.mark.usefixtures("_now")
@pytest.mark.parametrize(
    ("back", "text"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=9), "just now"),
        (timedelta(seconds=10), "10 s ago"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "Oct 22, 2026"),
    ],
)
def test_ago_says_how_long(back: timedelta, text: str) -> None:
    assert wording.ago(NOW - back) == text


@pytest.mark.parametrize(
    ("code", "name"), [("DE", "Germany"), ("ZZZ", "ZZZ"), (None, "Unknown"), ("", "Unknown")]
)
def test_country_has_its_name(code: str | None, name: str) -> None:
    assert wording.country_name(code) == name


def test_day_is_the_one_of_the_zone() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert clock.local_date(late, "Europe/Berlin").day == 22
    assert clock.local_date(late, "America/New_York").day == 21


def test_hour_starts_at_its_first_moment() -> None:
    at = datetime(2026, 11, 21, 23, 30, 15, 999, tzinfo=UTC)
    assert clock.start_of_hour(at) == datetime(2026, 11, 21, 23, tzinfo=UTC)
