"""Scans for the tests of the API, through the real ingestion."""

import random
from datetime import datetime, timedelta

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.core.utm import Utm
from pitchbar.extensions import db
from pitchbar.scans.accepted import new_scan_id, write_line
from pitchbar.scans.factories import make_ingestion
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


def make_scans(code: Code, count: int, *, at: datetime | None = None) -> None:
    """Scans of as many people, a minute apart, the latest at `at` (now)."""
    workspace = db.session.get_one(Workspace, code.workspace_id)
    last = at or clock.now()
    lines = [
        _line(workspace, code, last - timedelta(minutes=back), f"81.2.{back // 200}.{back % 200}")
        for back in range(count)
    ]
    db.session.commit()
    settings = current_settings()
    make_ingestion(settings, db.engine, Bus()).ingest_scans(b"".join(lines))


def _line(workspace: Workspace, code: Code, at: datetime, address: str) -> bytes:
    milliseconds = int(at.timestamp() * 1000)
    scan_id = new_scan_id(milliseconds, random.getrandbits(74))
    of_code = (code.id, workspace.id, workspace.time_zone)
    return write_line(scan_id, milliseconds, *of_code, Utm(), "GET", address, PHONE, "en", "", "")
