"""Country, region and city from a file that an operator names."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from pitchbar.clients.geolocation import Geolocation, Place, bundled_country_of, read_place

ADDRESS = "81.2.69.142"
BERN = {
    "country": {"iso_code": "CH", "names": {"en": "Switzerland"}},
    "subdivisions": [{"iso_code": "BE", "names": {"en": "Bern"}}],
    "city": {"names": {"en": "Thun"}},
}


def write_database(path: Path, record: Mapping[str, object]) -> None:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City")
    writer.insert_network(IPSet(["81.2.69.0/24", "2a02:1210::/32"]), dict(record))
    fresh = path.with_suffix(".new")
    writer.to_db_file(str(fresh))
    fresh.replace(path)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "places.mmdb"
    write_database(path, BERN)
    return path


def look_again(places: Geolocation) -> None:
    places._look_at = 0.0


def test_the_file_tells_country_region_and_city(database: Path) -> None:
    places = Geolocation(database)
    assert places.place_of(ADDRESS) == Place("CH", "Bern", "Thun")
    assert places.place_of("2a02:1210:4a1::7") == Place("CH", "Bern", "Thun")


def test_an_address_that_the_file_does_not_know_has_the_bundled_country(database: Path) -> None:
    assert Geolocation(database).place_of("8.8.8.8") == Place(bundled_country_of("8.8.8.8"))
    assert Geolocation(database).place_of("no address") == Place()


def test_without_a_file_there_is_the_bundled_country() -> None:
    assert Geolocation().place_of(ADDRESS) == Place("GB")


def test_a_new_file_is_read_without_a_restart(database: Path) -> None:
    places = Geolocation(database)
    assert places.place_of(ADDRESS).city == "Thun"
    write_database(database, BERN | {"city": {"names": {"en": "Spiez"}}})
    look_again(places)
    assert places.place_of(ADDRESS).city == "Spiez"


def test_a_file_that_is_cut_off_or_gone_leaves_what_was_read(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    places = Geolocation(database)
    assert places.place_of(ADDRESS).city == "Thun"
    # Written over in place, as no careful program does: the old pages must not vanish under us.
    database.write_bytes(database.read_bytes()[:300])
    look_again(places)
    with caplog.at_level(logging.ERROR):
        assert places.place_of("81.2.69.7").city == "Thun"
    assert "GEOIP_DATABASE cannot be read" in caplog.text
    database.unlink()
    look_again(places)
    assert places.place_of("81.2.69.9").city == "Thun"


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    path = tmp_path / "later.mmdb"
    places = Geolocation(path)
    assert places.place_of(ADDRESS) == Place("GB")
    write_database(path, BERN)
    look_again(places)
    assert places.place_of(ADDRESS) == Place("CH", "Bern", "Thun")


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"country_code": "ch", "region": "Bern", "city": "Thun"}, Place("CH", "Bern", "Thun")),
        ({"country": "CH", "region": "Bern"}, Place("CH", "Bern", None)),
        ({"country": {"iso_code": "Switzerland"}}, Place()),
        ({"country": 7, "city": {"names": "x"}, "subdivisions": {}}, Place()),
        ({"city": {"names": {"en": "x" * 500}}}, Place(city="x" * 128)),
    ],
)
def test_other_makers_files_are_read_and_odd_records_do_no_harm(
    record: dict[str, Any], place: Place
) -> None:
    assert read_place(record) == place
