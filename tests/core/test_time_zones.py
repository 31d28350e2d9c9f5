"""Time zones: each place once, by its name of today, and every name of before still understood."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pitchbar.core.time_zones import is_time_zone, list_time_zones

WINTER = datetime(2026, 1, 15, tzinfo=UTC)
BY_NAME = {zone.name: zone for zone in list_time_zones()}


def test_every_name_can_be_loaded_and_stands_there_once() -> None:
    names = [zone.name for zone in list_time_zones()]
    assert len(names) == len(set(names)) > 400
    assert names[0] == "UTC"
    for name in names:
        assert ZoneInfo(name)


@pytest.mark.parametrize(
    ("retired", "name"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("America/Godthab", "America/Nuuk"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Rangoon", "Asia/Yangon"),
        ("Atlantic/Faeroe", "Atlantic/Faroe"),
        ("Pacific/Enderbury", "Pacific/Kanton"),
        ("US/Pacific", "America/Los_Angeles"),
        ("GB", "Europe/London"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Zulu", "UTC"),
    ],
)
def test_name_of_before_leads_to_the_one_of_today(retired: str, name: str) -> None:
    assert retired not in BY_NAME
    assert retired in BY_NAME[name].retired
    assert is_time_zone(retired)


@pytest.mark.parametrize("name", ["Europe/Berlin", "Europe/Oslo", "Europe/Amsterdam", "Asia/Qatar"])
def test_city_that_shares_its_clock_with_another_is_a_place_of_its_own(name: str) -> None:
    assert name in BY_NAME


def test_no_list_of_regions_that_are_none() -> None:
    assert not [name for name in BY_NAME if name.startswith(("Etc/", "US/", "Brazil/", "SystemV/"))]
    assert {"CET", "EST5EDT", "GB-Eire", "Factory"}.isdisjoint(BY_NAME)


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("UTC", "UTC+00:00"),
        ("Asia/Kolkata", "UTC+05:30"),
        ("America/St_Johns", "UTC-03:30"),
        ("America/New_York", "UTC-05:00"),
        ("Pacific/Kiritimati", "UTC+14:00"),
    ],
)
def test_offset_is_said_as_a_person_reads_it(name: str, offset: str) -> None:
    assert BY_NAME[name].offset(WINTER) == offset


def test_places_are_found_by_their_country() -> None:
    assert "India" in BY_NAME["Asia/Kolkata"].words
    assert BY_NAME["America/Argentina/Buenos_Aires"].city == "Buenos Aires"


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "europe/berlin"]
)
def test_what_is_none_is_none(name: str) -> None:
    assert not is_time_zone(name)
