"""Where an address is: from the file that GEOIP_DATABASE names (mmdb), else the country alone, from
the tables that the iptocc package carries. No network, no key.
"""

import logging
import shutil
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import iptocc

log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_REGION_LENGTH, _CITY_LENGTH = 64, 128


class Place(NamedTuple):
    """ISO 3166 alpha-2, and names in English; None where it is not known."""

    country: str | None = None
    region: str | None = None
    city: str | None = None


@lru_cache(maxsize=65536)
def bundled_country_of(address: str) -> str | None:
    """ISO 3166 alpha-2, or None when it is not known (private and malformed addresses too)."""
    code: str | None = iptocc.country_code(address)
    return code or None


class Geolocation:
    """Args:
    database: a file of MaxMind's format; a new one in its place is read within seconds. While
        there is none that can be read, countries come from the bundled tables.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._look_at = 0.0
        self._seen: tuple[int, ...] | None = None
        self._reader: Any = None
        self._place_of = _bundled_place_of

    def place_of(self, address: str) -> Place:
        if self._database is not None and time.monotonic() >= self._look_at:
            self._look(self._database)
        return self._place_of(address)

    def country_of(self, address: str) -> str | None:
        return self.place_of(address).country

    def _look(self, database: Path) -> None:
        """Reads the file anew when it is another one; one thread does, the others go on."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._look_at = time.monotonic() + _LOOK_SECONDS
            self._read_if_changed(database)
        finally:
            self._lock.release()

    def _read_if_changed(self, database: Path) -> None:
        try:
            told = database.stat()
            seen = (told.st_ino, told.st_size, told.st_mtime_ns)
            if seen == self._seen:
                return
            self._seen = seen
            self._reader = _open_copy(database)
        except Exception as error:
            # Half-written, gone or of another kind: what was read before stays in use.
            log.error("GEOIP_DATABASE cannot be read: %s", error)
            return
        self._place_of = _cached_look_up(self._reader)
        log.info("places are read from GEOIP_DATABASE")


def _open_copy(database: Path) -> Any:
    """A copy of our own is mapped: who writes over the file would take the pages away from under
    the process, and the system would end it.
    """
    import maxminddb

    with tempfile.NamedTemporaryFile(prefix="pitchbar-places-") as copy:
        with database.open("rb") as source:
            shutil.copyfileobj(source, copy)
        copy.flush()
        return maxminddb.open_database(copy.name, maxminddb.MODE_AUTO)


def _cached_look_up(reader: Any) -> Any:
    @lru_cache(maxsize=65536)
    def place_of(address: str) -> Place:
        try:
            found = reader.get(address)
        except (ValueError, TypeError):
            return Place()
        place = read_place(found) if isinstance(found, dict) else Place()
        return place if place.country else place._replace(country=bundled_country_of(address))

    return place_of


def _bundled_place_of(address: str) -> Place:
    return Place(bundled_country_of(address))


def read_place(record: dict[str, Any]) -> Place:
    """Of a record as GeoIP2, GeoLite2 and DB-IP have it, or a flat one as of IPinfo."""
    country = record.get("country") or record.get("registered_country")
    code = _text(country.get("iso_code") if isinstance(country, dict) else None, 3)
    if code is None:
        code = _text(record.get("country_code"), 3) or _text(country, 3)
    subdivisions = record.get("subdivisions")
    region = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    return Place(
        code.upper() if code and len(code) == 2 and code.isalpha() and code.isascii() else None,
        _name(region if region is not None else record.get("region"), _REGION_LENGTH),
        _name(record.get("city"), _CITY_LENGTH),
    )


def _name(named: Any, length: int) -> str | None:
    if isinstance(named, dict):
        names = named.get("names")
        named = names.get("en") if isinstance(names, dict) else None
    return _text(named, length)


def _text(value: Any, length: int) -> str | None:
    return value[:length] or None if isinstance(value, str) else None
