"""Figures and single scans, read from the rollups and from the rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay
from pitchbar.scans.set_apart import OWN
from pitchbar.workspaces.models import Workspace


def count_scans_this_month(workspace: Workspace) -> int:
    """Everything accepted since the first of the month in the workspace's zone."""
    today = clock.local_date(clock.now(), workspace.time_zone)
    hits = select(func.sum(ScanDay.hits)).where(
        ScanDay.workspace_id == workspace.id,
        ScanDay.code_id == WHOLE_WORKSPACE,
        ScanDay.day >= today.replace(day=1),
    )
    return int(db.session.scalar(hits) or 0)


def find_first_day(workspace: Workspace) -> date | None:
    """The earliest with scans."""
    return db.session.scalar(
        select(func.min(ScanDay.day)).where(
            ScanDay.workspace_id == workspace.id, ScanDay.code_id == WHOLE_WORKSPACE
        )
    )


def list_recent_scans(workspace: Workspace, code_id: int | None, count: int = 12) -> list[Scan]:
    """The latest scans, newest first, robots included."""
    return list(db.session.scalars(_scans_of(workspace, code_id).limit(count)))


def list_matching_scans(
    workspace: Workspace,
    code_id: int | None,
    conditions: Sequence[ColumnElement[bool]],
    start: datetime,
    end: datetime,
    count: int,
) -> list[Scan]:
    """The latest from `start` to before `end` for which all conditions hold."""
    query = _scans_of(workspace, code_id).where(
        Scan.scanned_at >= start, Scan.scanned_at < end, *conditions
    )
    return list(db.session.scalars(query.limit(count)))


def find_first_scan(workspace: Workspace) -> Scan | None:
    """The first one by a person; whoever opened the link from our own pages is one, too."""
    return db.session.scalar(
        select(Scan)
        .where(
            Scan.workspace_id == workspace.id,
            or_(Scan.set_apart.is_(None), Scan.set_apart == OWN),
        )
        .order_by(Scan.scanned_at)
        .limit(1)
    )


def list_scans_before(
    workspace: Workspace, code_id: int, *, before: tuple[datetime, Any] | None, count: int
) -> list[Scan]:
    """A keyset page for programs: newest first, before the scan with that time and id."""
    query = _scans_of(workspace, code_id).limit(count)
    if before is not None:
        at, scan_id = before
        query = query.where(
            or_(Scan.scanned_at < at, and_(Scan.scanned_at == at, Scan.id < scan_id))
        )
    return list(db.session.scalars(query))


def _scans_of(workspace: Workspace, code_id: int | None) -> Select[Scan]:
    query = select(Scan).where(Scan.workspace_id == workspace.id)
    if code_id is not None:
        query = query.where(Scan.code_id == code_id)
    return query.order_by(Scan.scanned_at.desc(), Scan.id.desc())
