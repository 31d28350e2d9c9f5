"""Which scans are a reload of the same phone rather than another person.

A repeat is a second scan of one code by one visitor shortly after the first. Where many stand
behind one address, as in a hall with one Wi-Fi, two phones of one model look the same: there a
second person is likelier than a reload, and nothing is a repeat.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from pitchbar.scans.bulk_sql import look_up
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import ScanVisitor
from pitchbar.scans.set_apart import REPEAT

# How long a visitor counts as being on an address "just now".
_JUST_NOW = timedelta(minutes=1)

# code, day, visitor
_Key = tuple[int, date, str | None]
_LastCounted = dict[_Key, datetime]


@dataclass(frozen=True)
class RepeatRule:
    """Args:
    seconds: within this time of one that counted, the same visitor's next scan of the code is a
        repeat; 0 switches that off.
    crowd: unless so many other visitors were seen on the address just now.
    """

    seconds: float
    crowd: int

    def mark(self, connection: Connection, scans: Sequence[EnrichedScan]) -> None:
        """Sets repeats aside. Scans come in the order of their times; those of earlier batches are
        known from the database.
        """
        people = [scan for scan in scans if scan.is_person and scan.visitor]
        if not people or not self.seconds:
            return
        last = _last_counted(connection, people)
        networks = self._networks_in_doubt(people, last)
        if networks:
            self._mark(people, last, _Addresses(connection, people, networks))

    def _networks_in_doubt(self, people: list[EnrichedScan], last: _LastCounted) -> set[str]:
        """The addresses from which there may be a repeat: rarely any."""
        networks, before = set(), dict(last)
        for scan in people:
            key = (scan.code_id, scan.day, scan.visitor)
            if self._is_soon(scan, before.get(key)) or self._is_soon(scan, last.get(key)):
                networks.add(scan.network or "")
            before[key] = scan.at
        return networks

    def _mark(self, people: list[EnrichedScan], last: _LastCounted, on: "_Addresses") -> None:
        for scan in people:
            key = (scan.code_id, scan.day, scan.visitor)
            before = last.get(key)
            if self._is_soon(scan, before) and not on.have_others(scan, self.crowd):
                scan.set_aside(REPEAT)
            else:
                # A repeat does not put the end of its time off.
                last[key] = max(scan.at, before) if before else scan.at

    def _is_soon(self, scan: EnrichedScan, before: datetime | None) -> bool:
        return before is not None and abs((scan.at - before).total_seconds()) < self.seconds


class _Addresses:
    """Who was seen when on some addresses: in this batch, later ones included, and before it."""

    def __init__(
        self, connection: Connection, people: list[EnrichedScan], networks: set[str]
    ) -> None:
        # By network and visitor.
        self._seen: dict[str, dict[str | None, list[datetime]]] = defaultdict(
            lambda: defaultdict(list)
        )
        here = [scan for scan in people if scan.network in networks]
        for scan in here:
            self._seen[scan.network or ""][scan.visitor].append(scan.at)
        keys = [{"network": network} for network in sorted(networks)]
        just_now = ScanVisitor.last_at.between(here[0].at - _JUST_NOW, here[-1].at + _JUST_NOW)
        # Said for the planner: the index has no others.
        has_network = ScanVisitor.network.is_not(None)
        wanted = ("network", "visitor", "last_at")
        for network, visitor, last_at in look_up(
            connection, ScanVisitor, keys, wanted, just_now, has_network
        ):
            self._seen[network][visitor].append(last_at)

    def have_others(self, scan: EnrichedScan, least: int) -> bool:
        """Whether so many other visitors were on the scan's address just now."""
        found = 0
        for visitor, times in self._seen[scan.network or ""].items():
            if visitor != scan.visitor and any(abs(at - scan.at) <= _JUST_NOW for at in times):
                found += 1
                if found >= least:
                    return True
        return False


def _last_counted(connection: Connection, scans: list[EnrichedScan]) -> _LastCounted:
    keys = {(scan.workspace_id, scan.code_id, scan.day, scan.visitor) for scan in scans}
    names = ("workspace_id", "code_id", "day", "visitor")
    rows = look_up(
        connection,
        ScanVisitor,
        [dict(zip(names, key, strict=True)) for key in keys],
        ("code_id", "day", "visitor", "last_at"),
    )
    return {(code_id, day, visitor): at for code_id, day, visitor, at in rows}
