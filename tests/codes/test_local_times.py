"""Times that people type, where clocks go forward and back."""

from datetime import UTC, datetime

import pytest

from pitchbar.codes.local_times import InvalidLocalTime, read_local_time, write_local_time

ZURICH = "Europe/Zurich"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("typed", "zone", "expected"),
    [
        ("2026-12-01T09:00", ZURICH, at(2026, 12, 1, 8)),
        ("2026-07-01T09:00", ZURICH, at(2026, 7, 1, 7)),
        ("2026-07-01 09:00:30", "UTC", at(2026, 7, 1, 9, 0, 30)),
        ("2026-12-01T09:00", "Asia/Kathmandu", at(2026, 12, 1, 3, 15)),
        ("2100-12-31T23:59", "Pacific/Pago_Pago", at(2101, 1, 1, 10, 59)),
    ],
)
def test_time_is_read_in_the_zone(typed: str, zone: str, expected: datetime) -> None:
    read = read_local_time(typed, zone)
    assert (read.at, read.note) == (expected, "")
    assert write_local_time(read.at, zone) == typed.replace(" ", "T")


@pytest.mark.parametrize(
    "typed",
    ["tomorrow", "2026-12-01", "2026-13-01T09:00", "2026-02-30T09:00", "2026-12-01T25:00",
     "2026-12-01T09:00Z", "2026-12-01T09:00+01:00", "٢٠٢٦-12-01T09:00", "20261201T0900", "T", "0"],
)  # fmt: skip
def test_what_is_no_time_is_said(typed: str) -> None:
    with pytest.raises(InvalidLocalTime, match="Enter a date and a time"):
        read_local_time(typed, ZURICH)


@pytest.mark.parametrize("year", ["0001", "1999", "2101", "9999"])
def test_years_that_nobody_means_are_refused(year: str) -> None:
    with pytest.raises(InvalidLocalTime, match="Choose a year from 2000 to 2100"):
        read_local_time(f"{year}-06-01T09:00", "Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("typed", "zone", "instead"),
    [
        ("2027-03-28T02:30", ZURICH, "03:30"),
        ("2027-03-28T02:00", ZURICH, "03:00"),
        ("2027-03-14T02:59", "America/New_York", "03:59"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "02:45"),
    ],
)
def test_time_that_clocks_leave_out_is_refused_with_the_next_one(
    typed: str, zone: str, instead: str
) -> None:
    with pytest.raises(InvalidLocalTime) as caught:
        read_local_time(typed, zone)
    assert "the clocks go forward over it" in str(caught.value)
    assert zone in str(caught.value)
    assert f"Choose {instead}" in str(caught.value)
    assert read_local_time(f"{typed[:11]}{instead}", zone).note == ""


def test_time_that_comes_twice_is_the_first_and_that_is_said() -> None:
    read = read_local_time("2026-10-25T02:30", ZURICH)
    assert read.at == at(2026, 10, 25, 0, 30)
    assert "02:30 comes twice on 25 October 2026 in Europe/Zurich" in read.note
    assert "the first of the two is meant" in read.note
    assert read_local_time("2026-10-25T03:00", ZURICH).note == ""
    assert read_local_time("2026-10-25T01:59", ZURICH).note == ""


def test_seconds_are_written_only_where_there_are_some() -> None:
    assert write_local_time(None, ZURICH) == ""
    assert write_local_time(at(2026, 12, 1, 8), ZURICH) == "2026-12-01T09:00"
    assert write_local_time(at(2026, 12, 1, 8, 0, 5), ZURICH) == "2026-12-01T09:00:05"
