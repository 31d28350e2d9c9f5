"""Deletes scans that are older than the installation keeps them, with a receipt.

In small transactions, each of which writes into the receipt what it deleted: whatever ends the
process in the middle, what is gone is on a receipt, and the next pass goes on where this one was.
Figures by hour and by day, and what they are broken down by, stay.
"""

import time
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from pitchbar.analytics.columnar.deletions import delete_before
from pitchbar.analytics.sql.closing import close_days
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.privacy.models import PURGE, PrivacyReceipt
from pitchbar.scans.erasure import hold_storing
from pitchbar.scans.models import Scan
from pitchbar.scans.partitions import drop_partitions_before
from pitchbar.workspaces.models import Workspace

_BATCH = 2000


def purge_scans(now: datetime, keep_days: int, *, seconds: float = 40.0) -> tuple[int, bool]:
    """Returns how many scans went, and whether all that are too old have gone: it ends after
    `seconds`. This is an entry point: it commits. With `keep_days` 0 everything stays.
    """
    if not keep_days:
        return 0, True
    until = time.monotonic() + seconds
    before = start_of_kept(now, keep_days)
    rule = f"PRIVACY_SCAN_RETENTION_DAYS={keep_days}"
    workspaces = _list_workspaces()
    for workspace_id in workspaces:
        if not close_days(db.engine, workspace_id, before, until=until):
            return 0, False
    gone = _drop_months(before, rule, now)
    for workspace_id in workspaces:
        while count := _purge_some(workspace_id, before, rule, now):
            gone += count
            if time.monotonic() > until:
                return gone, False
        _end_receipt(workspace_id, before, now)
    return gone, True


def start_of_kept(now: datetime, keep_days: int) -> datetime:
    """Whole days of UTC, so that a night's purge has one edge however long it takes."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=keep_days)


def _list_workspaces() -> list[int]:
    return list(db.session.scalars(select(Workspace.id).order_by(Workspace.id)))


def _drop_months(before: datetime, rule: str, now: datetime) -> int:
    """On PostgreSQL: months of which nothing is kept go whole, at once. When somebody reads them
    for long just now, they go scan by scan, as on SQLite.
    """
    if db.engine.dialect.name != "postgresql":
        return 0
    hold_storing()
    month = before.replace(day=1)
    scans = select(Scan.workspace_id, func.count()).where(Scan.scanned_at < month)
    counts = db.session.execute(scans.group_by(Scan.workspace_id)).all()
    try:
        drop_partitions_before(db.session.connection(), month)
    except OperationalError:
        db.session.rollback()
        return 0
    for workspace_id, count in counts:
        _tell(workspace_id, before, rule, now, count)
    db.session.commit()
    return sum(count for _, count in counts)


def _purge_some(workspace_id: int, before: datetime, rule: str, now: datetime) -> int:
    old = (Scan.workspace_id == workspace_id, Scan.scanned_at < before)
    some = db.session.execute(select(Scan.id, Scan.scanned_at).where(*old).limit(_BATCH)).all()
    if not some:
        return 0
    # The times narrow it down to the partitions that hold them.
    times = [row.scanned_at for row in some]
    within = Scan.scanned_at.between(min(times), max(times))
    these = delete(Scan).where(*old, within, Scan.id.in_([row.id for row in some]))
    count = changed_rows(db.session, these.execution_options(synchronize_session=False))
    _tell(workspace_id, before, rule, now, count)
    db.session.commit()
    return count


def _tell(workspace_id: int, before: datetime, rule: str, now: datetime, count: int) -> None:
    receipt = _open_receipt(workspace_id, rule, now)
    receipt.rule, receipt.before_at = rule, before
    receipt.counts = receipt.counts | {"scans": receipt.counts.get("scans", 0) + count}


def _open_receipt(workspace_id: int, rule: str, now: datetime) -> PrivacyReceipt:
    receipt = _find_open(workspace_id)
    if receipt is None:
        receipt = PrivacyReceipt(
            workspace_id=workspace_id, kind=PURGE, rule=rule, counts={}, started_at=now
        )
        db.session.add(receipt)
    return receipt


def _end_receipt(workspace_id: int, before: datetime, now: datetime) -> None:
    receipt = _find_open(workspace_id)
    if receipt is not None:
        delete_before(before, workspace_id)
        receipt.ended_at = now
        db.session.commit()


def _find_open(workspace_id: int) -> PrivacyReceipt | None:
    """Of a purge that another process does at the same time, too: its row is waited for."""
    return db.session.scalar(
        select(PrivacyReceipt)
        .where(
            PrivacyReceipt.workspace_id == workspace_id,
            PrivacyReceipt.kind == PURGE,
            PrivacyReceipt.ended_at.is_(None),
        )
        .with_for_update()
        .limit(1)
    )
