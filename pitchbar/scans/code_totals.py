"""Figures of many codes at once, as their list shows them and is sorted by them.

Each is an expression for every `Code` of a query. They read a code's own rows by the key of the
rollups, so that they cost the same however many scans there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.scans.models import Scan, ScanDay, ScanHour
from pitchbar.workspaces.models import Workspace


def people_ever(workspace: Workspace) -> ColumnElement[Any]:
    own = (ScanDay.workspace_id == workspace.id, ScanDay.code_id == Code.id)
    people = select(func.sum(ScanDay.people)).where(*own).correlate(Code).scalar_subquery()
    return func.coalesce(people, 0)


def last_scan_at(workspace: Workspace) -> ColumnElement[Any]:
    """The last one by a person, or NULL: found in the last hour that had one."""
    hour = (
        select(ScanHour.hour_at)
        .where(
            ScanHour.workspace_id == workspace.id,
            ScanHour.code_id == Code.id,
            ScanHour.people > 0,
        )
        .order_by(ScanHour.hour_at.desc())
        .limit(1)
        .correlate(Code)
        .scalar_subquery()
    )
    exact = (
        select(func.max(Scan.scanned_at))
        .where(Scan.code_id == Code.id, Scan.set_apart.is_(None), Scan.scanned_at >= hour)
        .correlate(Code)
        .scalar_subquery()
    )
    return func.coalesce(exact, hour)


def totals_of(
    workspace: Workspace, code_ids: Sequence[int]
) -> dict[int, tuple[int, datetime | None]]:
    """People ever, and when the last of them came, by code id."""
    rows = db.session.execute(
        select(Code.id, people_ever(workspace), last_scan_at(workspace)).where(
            Code.id.in_(code_ids)
        )
    )
    return {code_id: (int(people), last_at) for code_id, people, last_at in rows}


def people_by_day(
    workspace: Workspace, code_ids: Sequence[int], days: Sequence[date]
) -> dict[int, list[int]]:
    """By code id, for each of the days, which follow on each other; codes that nobody scanned then
    are left out.
    """
    places = {day: place for place, day in enumerate(days)}
    lines: dict[int, list[int]] = defaultdict(lambda: [0] * len(days))
    rows = db.session.execute(
        select(ScanDay.code_id, ScanDay.day, ScanDay.people).where(
            ScanDay.workspace_id == workspace.id,
            ScanDay.code_id.in_(code_ids),
            ScanDay.day.between(days[0], days[-1]),
        )
    )
    for code_id, day, people in rows:
        lines[code_id][places[day]] = people
    return dict(lines)
