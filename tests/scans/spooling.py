"""What a shipper does, by hand."""

from pathlib import Path

from pitchbar.scans.segments import SUFFIX, Segment
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
