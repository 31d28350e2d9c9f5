"""Scans that were accepted and are not stored yet: those in the spools of this machine."""

import logging
from collections.abc import Callable
from pathlib import Path

from pitchbar.scans.accepted import AcceptedScan, read_line
from pitchbar.scans.deliveries import FindStored
from pitchbar.scans.segments import SUFFIX, each_line
from pitchbar.scans.spool import Spool

log = logging.getLogger(__name__)
Wanted = Callable[[AcceptedScan], bool]

# More than this waits only after a long outage, and is not read for a number.
_MOST_BYTES = 256 << 20
_MOST_TRIES = 5
_AT_ONCE = 500


class WaitingLines:
    """Args:
    spool: the one of this process; the files of others lie beside its own.
    find_stored: of lines, those whose scans are in the database.
    """

    def __init__(self, spool: Spool, find_stored: FindStored) -> None:
        self._spool = spool
        self._find_stored = find_stored

    def count_with(self, count_stored: Callable[[], int], number: int, wanted: Wanted) -> int:
        """What is stored and what waits, each scan once, though scans are stored meanwhile.

        Args:
            count_stored: asks the database.
            number: stands in each line that is wanted, so that few others are read.
            wanted: which of those that wait count.
        """
        # Files go when their scans are stored; so they are read first.
        lines = self._list(number, wanted)
        stored = count_stored()
        for _ in range(_MOST_TRIES if lines else 0):
            waiting = len(lines) - self._count_stored(lines)
            before, stored = stored, count_stored()
            if stored == before:
                return stored + waiting
        return stored

    def _count_stored(self, lines: list[bytes]) -> int:
        batches = (lines[at : at + _AT_ONCE] for at in range(0, len(lines), _AT_ONCE))
        return sum(len(self._find_stored(batch)) for batch in batches)

    def _list(self, number: int, wanted: Wanted) -> list[bytes]:
        mark, found = f",{number},".encode(), {}
        for line in [*self._read_files(), *tuple(self._spool.overflow)]:
            if mark in line:
                try:
                    scan = read_line(line)
                except ValueError:
                    continue
                if wanted(scan):
                    found[scan.id] = line.rstrip(b"\n")
        return list(found.values())

    def _read_files(self) -> list[bytes]:
        lines, left = list[bytes](), _MOST_BYTES
        for path in sorted(self._spool.directory.glob(f"*{SUFFIX}"), reverse=True):
            data = _read(path, left)
            lines += each_line(data)
            left -= len(data)
            if left <= 0:
                log.warning("more waits in the spool than is read to count it")
                break
        return lines


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        # Stored meanwhile, and deleted.
        return b""
