"""What a shipper does, by hand."""

from collections.abc import Sequence
from pathlib import Path

from pitchbar.scans.deliveries import Deliveries, FindStored
from pitchbar.scans.inbox import Inbox
from pitchbar.scans.segments import SUFFIX, Segment
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def lines_in(segments: list[Segment]) -> list[bytes]:
    return [line for one in segments for line in one.read(1 << 24).splitlines() if line]


def ship(spool: Spool) -> list[bytes]:
    """All whole lines, as a shipper takes them."""
    lines = []
    for segment in spool.segments():
        data = segment.read(1 << 24)
        lines += [line for line in data.splitlines() if line]
        segment.shipped += len(data)
        spool.retire(segment)
    return lines


def never_stored(lines: Sequence[bytes]) -> set[bytes]:
    """A database that knows of no scan."""
    return set()


def make_deliveries(
    spool: Spool, inbox: Inbox, find_stored: FindStored = never_stored
) -> Deliveries:
    return Deliveries(spool, inbox, find_stored)


def make_shipper(spool: Spool, inbox: Inbox) -> Shipper:
    return Shipper(spool, make_deliveries(spool, inbox))
