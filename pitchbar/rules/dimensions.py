"""What the conditions of a rule set ask of a visit, cheapest first, each at most once."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from pitchbar.rules.tables import WEEKDAYS, ClockTable, CountTable, ParameterTable, ValueTable
from pitchbar.rules.visits import Visit

# In the order of what it costs to know: what needs a state of its own comes last.
CLOCK, PARAMETERS, LANGUAGE, COUNTRY, AGENT, SEEN, SCANS = (1 << place for place in range(7))
_ORDER = (CLOCK, PARAMETERS, LANGUAGE, COUNTRY, AGENT, SEEN, SCANS)
ALL = sum(_ORDER)
Adder = Callable[[int, dict[str, Any]], int]
# A dimension, what finds its bits for a visit, and those that a rule wants of it.
Step = tuple[int, Callable[[Visit], int], int]


class Dimensions:
    """Gives each condition a bit, and finds the bits that hold for a visit."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone
        self._bits: dict[bytes, tuple[int, int]] = {}
        self._clock, self._counts = ClockTable(), CountTable()
        self._parameters = ParameterTable()
        self._languages, self._countries = ValueTable(by_many=True), ValueTable()
        self._devices, self._systems, self._browsers = ValueTable(), ValueTable(), ValueTable()
        self._new = self._again = 0
        # All bits of a dimension.
        self._own = dict.fromkeys(_ORDER, 0)
        self._adders: dict[str, Adder] = {
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
        self._readers: dict[int, Callable[[Visit], int]] = {
            CLOCK: self._read_clock,
            PARAMETERS: self._read_parameters,
            LANGUAGE: self._read_language,
            COUNTRY: self._read_country,
            AGENT: self._read_agent,
            SEEN: self._read_seen,
            SCANS: self._read_scans,
        }

    def asks(self, dimension: int) -> bool:
        """Whether any condition is of it; known once all were added."""
        return self._own[dimension] != 0

    def add(self, condition: dict[str, Any]) -> tuple[int, int]:
        """Its bit, and its dimension; the same condition has the same bit wherever it stands."""
        written = orjson.dumps(condition, option=orjson.OPT_SORT_KEYS)
        if written not in self._bits:
            bit = 1 << len(self._bits)
            self._bits[written] = (bit, self._add_new(bit, condition))
        return self._bits[written]

    def _add_new(self, bit: int, condition: dict[str, Any]) -> int:
        """0 for what this release does not know: no dimension ever lets it hold."""
        adder = self._adders.get(condition["kind"])
        if adder is None:
            return 0
        dimension = adder(bit, condition)
        self._own[dimension] |= bit
        return dimension

    def freeze(self) -> None:
        tables = (self._languages, self._countries, self._devices, self._systems, self._browsers)
        for table in (*tables, self._parameters, self._counts):
            table.freeze()
        self._bits = {}

    def steps(self, conditions: Sequence[tuple[int, int]]) -> tuple[Step, ...]:
        """What to find out for a rule with these conditions, in the order of what it costs."""
        bits = dict.fromkeys(_ORDER, 0)
        for bit, dimension in conditions:
            if dimension:
                bits[dimension] |= bit
        return tuple(
            (dimension, self._readers[dimension], wanted)
            for dimension, wanted in bits.items()
            if wanted
        )

    def learn_all(self, visit: Visit) -> int:
        held = 0
        for dimension in _ORDER:
            if self._own[dimension]:
                held |= self._readers[dimension](visit)
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

    def _add_agent(self, bit: int, condition: dict[str, Any]) -> int:
        tables = {"device": self._devices, "os": self._systems, "browser": self._browsers}
        _add_values(tables[condition["kind"]], bit, condition)
        return AGENT

    def _add_language(self, bit: int, condition: dict[str, Any]) -> int:
        _add_values(self._languages, bit, condition)
        return LANGUAGE

    def _add_country(self, bit: int, condition: dict[str, Any]) -> int:
        _add_values(self._countries, bit, condition, upper=True)
        return COUNTRY

    def _add_time(self, bit: int, condition: dict[str, Any]) -> int:
        zone = condition.get("zone") or self._time_zone
        weekdays = condition.get("weekdays") or WEEKDAYS
        window = (weekdays, condition.get("from"), condition.get("to"))
        self._clock.add_window(bit, zone, *window)
        return CLOCK

    def _add_date(self, bit: int, condition: dict[str, Any]) -> int:
        zone = condition.get("zone") or self._time_zone
        self._clock.add_date(bit, zone, condition.get("from"), condition.get("to"))
        return CLOCK

    def _add_parameter(self, bit: int, condition: dict[str, Any]) -> int:
        name = condition["name"]
        if "present" in condition:
            self._parameters.add_presence(bit, name, condition["present"])
        elif "is" in condition:
            self._parameters.add_value(bit, name, condition["is"], is_excluded=False)
        else:
            self._parameters.add_value(bit, name, condition["is_not"], is_excluded=True)
        return PARAMETERS

    def _add_scans(self, bit: int, condition: dict[str, Any]) -> int:
        is_below = "below" in condition
        self._counts.add(bit, int(condition["below" if is_below else "from"]), is_below)
        return SCANS

    def _add_visitor(self, bit: int, condition: dict[str, Any]) -> int:
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
