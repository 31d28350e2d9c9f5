"""Makes what stores conversions. Imports of the ingestion stand inside: the edge with Redis has
none, and loads none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from pitchbar.core.bus import Bus
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import Settings

if TYPE_CHECKING:
    from pitchbar.conversions.ingestion import ConversionIngestion


def spool_folder(settings: Settings) -> Path:
    """Their own: a process that knows of scans alone never adopts a file in it."""
    return settings[ScanSettings].spool_dir / "conversions"


def make_ingestion(settings: Settings, engine: Engine, bus: Bus) -> ConversionIngestion:
    from pitchbar.conversions.ingestion import ConversionIngestion
    from pitchbar.scans.rejected import RejectedLines

    rejected = RejectedLines(spool_folder(settings), settings[ScanSettings].rejected_file_bytes)
    return ConversionIngestion(engine, bus, rejected)
