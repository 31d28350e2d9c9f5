"""Scans and exports, as rows."""

import random
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from pitchbar.analytics.exports.models import DONE, Export
from pitchbar.clients.object_storage import open_storage
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.accepted import new_scan_id
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay
from pitchbar.scans.partitions import ensure_partitions
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def make_scan(workspace: Workspace, at: datetime | None = None, **fields: Any) -> Scan:
    milliseconds = round((at.timestamp() if at else time.time()) * 1000)
    scan = Scan(
        id=UUID(hex=new_scan_id(milliseconds, random.getrandbits(74))),
        scanned_at=at or clock.now(),
        **{"code_id": 1, "workspace_id": workspace.id, "device": "phone", **fields},
    )
    ensure_partitions(db.engine, [scan.scanned_at])
    db.session.add(scan)
    # By which boards know that the day has scans.
    for code_id in (scan.code_id, WHOLE_WORKSPACE):
        key = {"workspace_id": workspace.id, "code_id": code_id, "day": scan.scanned_at.date()}
        day = db.session.get(ScanDay, tuple(key.values())) or ScanDay(**key, hits=0, people=0)
        day.hits += 1
        day.people += scan.set_apart is None
        db.session.add(day)
    db.session.commit()
    return scan


def make_export(workspace: Workspace, **fields: Any) -> Export:
    """One with a file."""
    export = Export(workspace_id=workspace.id, **{"kind": "csv", "state": DONE, **fields})
    db.session.add(export)
    db.session.flush()
    content = b"id,at\r\n" * 10
    open_storage(current_settings().storage_url).put(export.key, content)
    export.size = len(content)
    db.session.commit()
    return export
