"""What the conditions of a rule set ask of a visit, each thing once."""

from collections.abc import Callable
from typing import Any

import orjson

from pitchbar.rules.tables import WEEKDAYS, ClockTable, CountTable, ParameterTable, ValueTable
from pitchbar.rules.visits import Visit

CLOCK, PARAMETERS, LANGUAGE, COUNTRY, AGENT = "clock", "parameters", "language", "country", "agent"
SEEN, SCANS = "seen", "scans"


class Dimensions:
    """Gives each condition a bit, and finds the bits that hold for a visit."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone
        self._bits: dict[bytes, int] = {}
        self._clock, self._counts = ClockTable(), CountTable()
        self._parameters = ParameterTable()
        self._languages, self._countries = ValueTable(by_many=True), ValueTable()
        self._devices, self._systems, self._browsers = ValueTable(), ValueTable(), ValueTable()
        self._new = self._again = 0
        self.asked: set[str] = set()
        self._readers: tuple[Callable[[Visit], int], ...] = ()
        self._adders: dict[str, Callable[[int, dict[str, Any]], str]] = {
            "device": self._add_agent,
            "os": self._add_agent,
            "browser": self._add_agent,
            "language": self._add_language,
            "country": self._add_country,
            "time": self._add_time,
            "date": self._add_date,
            "parameter": self._add_parameter,
            "scans": self._add_scans,
            "visitor": self._add_visitor,
        }

    def add(self, condition: dict[str, Any]) -> int:
        """Its bit; the same condition has the same bit wherever it stands. One of a kind that this
        release does not know never holds.
        """
        written = orjson.dumps(condition, option=orjson.OPT_SORT_KEYS)
        if written not in self._bits:
            bit, adder = 1 << len(self._bits), self._adders.get(condition["kind"])
            if adder is not None:
                self.asked.add(adder(bit, condition))
            self._bits[written] = bit
        return self._bits[written]

    def freeze(self) -> None:
        """When all conditions were added; what is not asked of a visit is not found out, either."""
        tables = (self._languages, self._countries, self._devices, self._systems, self._browsers)
        for table in (*tables, self._parameters, self._counts):
            table.freeze()
        readers = {
            CLOCK: self._read_clock,
            PARAMETERS: self._read_parameters,
            LANGUAGE: self._read_language,
            COUNTRY: self._read_country,
            AGENT: self._read_agent,
            SEEN: self._read_seen,
            SCANS: self._read_scans,
        }
        self._readers = tuple(read for name, read in readers.items() if name in self.asked)
        self._bits = {}

    def find_held(self, visit: Visit) -> int:
        """The bits of all conditions that hold."""
        held = 0
        for read in self._readers:
            held |= read(visit)
        return held

    def _read_clock(self, visit: Visit) -> int:
        return self._clock.mask(visit.now_ms)

    def _read_parameters(self, visit: Visit) -> int:
        table = self._parameters
        found = visit.parameters(table.names)
        return table.mask(found) if found else table.nothing

    def _read_language(self, visit: Visit) -> int:
        return self._languages.mask_of_all(visit.language())

    def _read_country(self, visit: Visit) -> int:
        return self._countries.mask(visit.country() or "")

    def _read_agent(self, visit: Visit) -> int:
        device, os, browser = visit.agent()
        return self._devices.mask(device) | self._systems.mask(os) | self._browsers.mask(browser)

    def _read_seen(self, visit: Visit) -> int:
        return self._again if visit.again else self._new

    def _read_scans(self, visit: Visit) -> int:
        return self._counts.mask(visit.scans)

    def _add_agent(self, bit: int, condition: dict[str, Any]) -> str:
        tables = {"device": self._devices, "os": self._systems, "browser": self._browsers}
        _add_values(tables[condition["kind"]], bit, condition)
        return AGENT

    def _add_language(self, bit: int, condition: dict[str, Any]) -> str:
        _add_values(self._languages, bit, condition)
        return LANGUAGE

    def _add_country(self, bit: int, condition: dict[str, Any]) -> str:
        _add_values(self._countries, bit, condition, upper=True)
        return COUNTRY

    def _add_time(self, bit: int, condition: dict[str, Any]) -> str:
        zone = condition.get("zone") or self._time_zone
        weekdays = condition.get("weekdays") or WEEKDAYS
        window = (weekdays, condition.get("from"), condition.get("to"))
        self._clock.add_window(bit, zone, *window)
        return CLOCK

    def _add_date(self, bit: int, condition: dict[str, Any]) -> str:
        zone = condition.get("zone") or self._time_zone
        self._clock.add_date(bit, zone, condition.get("from"), condition.get("to"))
        return CLOCK

    def _add_parameter(self, bit: int, condition: dict[str, Any]) -> str:
        name = condition["name"]
        if "present" in condition:
            self._parameters.add_presence(bit, name, condition["present"])
        elif "is" in condition:
            self._parameters.add_value(bit, name, condition["is"], is_excluded=False)
        else:
            self._parameters.add_value(bit, name, condition["is_not"], is_excluded=True)
        return PARAMETERS

    def _add_scans(self, bit: int, condition: dict[str, Any]) -> str:
        is_below = "below" in condition
        self._counts.add(bit, int(condition["below" if is_below else "from"]), is_below)
        return SCANS

    def _add_visitor(self, bit: int, condition: dict[str, Any]) -> str:
        if condition["seen"] == "again":
            self._again |= bit
        else:
            self._new |= bit
        return SEEN


def _add_values(
    table: ValueTable, bit: int, condition: dict[str, Any], *, upper: bool = False
) -> None:
    is_excluded = "not_in" in condition
    values = condition["not_in" if is_excluded else "in"]
    table.add(bit, [one.upper() if upper else one.lower() for one in values], is_excluded)
