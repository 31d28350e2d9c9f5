"""Time zones as a person chooses one: by a city, each once, under the name that it has today."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from pitchbar.core.wording import country_name

UTC = "UTC"


@dataclass(frozen=True)
class TimeZone:
    """`words` is what else one may search for; `retired` are the names that it had before."""

    name: str
    region: str
    words: str
    retired: tuple[str, ...] = ()

    @property
    def city(self) -> str:
        return self.name.rpartition("/")[2].replace("_", " ")

    def offset(self, at: datetime) -> str:
        """As "UTC+05:30"."""
        shift = at.astimezone(_zone(self.name)).utcoffset() or timedelta()
        minutes = round(shift.total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


@cache
def _zone(name: str) -> ZoneInfo:
    """All of them are shown at once, and `ZoneInfo` itself keeps only a few."""
    return ZoneInfo(name)


@cache
def list_time_zones() -> tuple[TimeZone, ...]:
    """UTC first, then by region and city."""
    retired = defaultdict(list)
    for old, name in _retired_names().items():
        retired[name].append(old)
    zones = [
        TimeZone(name, name.partition("/")[0], words, tuple(sorted(retired[name])))
        for name, words in _current_names().items()
    ]
    by_place = sorted(zones, key=lambda zone: (zone.region, zone.city))
    return (TimeZone(UTC, "", "GMT Greenwich universal", tuple(sorted(retired[UTC]))), *by_place)


def is_time_zone(name: str) -> bool:
    """Also by a name of before, and by one that no list shows, such as Etc/GMT-3."""
    return name in _all_names()


@cache
def _all_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _current_names() -> dict[str, str]:
    """With the countries and what the database says of the place, from its table for choosers
    (zone.tab: country, coordinates, name, and a note where a country has several).
    """
    found: dict[str, str] = {}
    for line in _lines("zone.tab"):
        country, _coordinates, name, *notes = line.split("\t")
        found[name] = " ".join([country_name(country), *notes])
    return found


@cache
def _retired_names() -> dict[str, str]:
    """The name of today by each other one; a link within the list is a place of its own."""
    current = {*_current_names(), UTC}
    links = {}
    for line in _lines("tzdata.zi"):
        if line.startswith("L "):
            _letter, target, old = line.split()
            links[old] = target
    # What it calls by itself is not UTC for it, and nothing else for anybody.
    found = dict.fromkeys(("Etc/UTC", "GMT", "Etc/GMT"), UTC)
    for old in links:
        name = old
        while name in links and name not in current:
            name = links[name]
        name = UTC if name in found else name
        if name in current and old not in current:
            found[old] = name
    return found


def _lines(file: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
