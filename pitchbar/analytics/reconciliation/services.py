"""Looks whether each hour's scans come to what was accepted, and the rollups to the scans."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from pitchbar.analytics.reconciliation.hours import (
    HOUR,
    Counted,
    Figures,
    Key,
    compare,
    count_hour,
    find_first_counted_hour,
    read_rollups,
)
from pitchbar.analytics.reconciliation.models import ReconciledHour, State
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.scans.erasure import hold_storing
from pitchbar.scans.models import AcceptedHour, ScanDay, ScanHour
from pitchbar.workspaces.models import Workspace

# Of hours that are over for so long, nothing comes any more that was not counted.
SETTLED = timedelta(hours=48)
_ADDED_UP_AFTER = timedelta(days=3)


def reconcile_hour(hour: datetime, *, waits_since: datetime | None = None) -> ReconciledHour:
    """Looks at one hour and writes down what it found; commits nothing.

    Args:
        hour: its start, in UTC.
        waits_since: when the oldest scan came that waits to be stored; None when none does.
    """
    counted = count_hour(hour)
    # Only of hours that are over: within one, scans come between the two questions.
    is_over = clock.now() >= hour + HOUR + timedelta(minutes=2)
    differing = compare(counted.by_code, read_rollups(hour)) if is_over else {}
    row = db.session.get(ReconciledHour, hour) or ReconciledHour(hour_at=hour)
    row.accepted, row.unrecorded = counted.accepted, counted.unrecorded
    row.stored, row.reasons = counted.stored, dict(counted.reasons)
    row.rejected, row.state = counted.rejected, _state_of(hour, counted, waits_since)
    row.checked_at = clock.now()
    if differing or not row.rebuilt_at:
        # What was set right before stays on record.
        row.rebuilt_at, row.rollup_differences = None, _told(differing)
    db.session.add(row)
    return row


def _told(differing: Mapping[Key, Figures]) -> list[dict[str, Any]]:
    return [
        {"workspace_id": workspace_id, "code_id": code_id, "add": dict(figures)}
        for (workspace_id, code_id), figures in differing.items()
    ]


def _state_of(hour: datetime, counted: Counted, waits_since: datetime | None) -> State:
    difference = counted.accepted - counted.stored - counted.rejected
    first = find_first_counted_hour()
    if difference == 0:
        return "equal"
    if difference < 0 or first is None or hour <= first:
        return "uncounted"
    waits = waits_since is not None and waits_since < hour + HOUR
    return "waiting" if waits or clock.now() < hour + HOUR + timedelta(minutes=2) else "missing"


def list_open_hours(now: datetime, back: timedelta) -> list[datetime]:
    """Hours within `back` that were not found right after they were settled, oldest first."""
    last = clock.start_of_hour(now)
    first = max(last - back, _first_hour(last))
    rows = db.session.scalars(select(ReconciledHour).where(ReconciledHour.hour_at >= first))
    settled = {
        row.hour_at
        for row in rows
        if row.state in ("equal", "uncounted") and row.checked_at > row.hour_at + SETTLED
    }
    count = int((last - first) / HOUR) + 1
    hours = (first + number * HOUR for number in range(count))
    return [hour for hour in hours if hour not in settled]


def _first_hour(default: datetime) -> datetime:
    return find_first_counted_hour() or default


def rebuild_rollups(hour: datetime) -> dict[Key, Figures]:
    """Brings the rollups of an hour, and of its days, to what the scans come to; returns what was
    added. Nothing is stored meanwhile. Commits nothing.
    """
    hold_storing()
    added = compare(count_hour(hour).by_code, read_rollups(hour))
    zones = _zones_of({workspace_id for workspace_id, _ in added})
    for (workspace_id, code_id), figures in added.items():
        day = clock.local_date(hour, zones.get(workspace_id, "UTC"))
        of = {"workspace_id": workspace_id, "code_id": code_id}
        _add(ScanHour, {**of, "hour_at": hour}, figures)
        _add(ScanDay, {**of, "day": day}, figures)
    return added


def _zones_of(workspace_ids: set[int]) -> Mapping[int, str]:
    rows = select(Workspace.id, Workspace.time_zone).where(Workspace.id.in_(workspace_ids))
    return {row.id: row.time_zone for row in db.session.execute(rows)}


def _add(model: type[ScanHour] | type[ScanDay], key: dict[str, object], figures: Figures) -> None:
    connection = db.session.connection()
    table = model.__table__
    insert = insert_into(connection, model).values({**key, **_all_columns(figures)})
    changed = {name: table.c[name] + number for name, number in figures.items()}
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))


def _all_columns(figures: Figures) -> dict[str, int]:
    names = ("hits", "people", "unique_people", "repeats", "own", "over_limit", "heads")
    return {name: figures.get(name, 0) for name in names}


def add_up_old_hours(now: datetime) -> int:
    """Rows of many processes become one for each workspace and hour; returns how many went."""
    before = clock.start_of_hour(now - _ADDED_UP_AFTER)
    old = (AcceptedHour.hour_at < before, AcceptedHour.process != "")
    sums = db.session.execute(
        select(
            AcceptedHour.kind,
            AcceptedHour.workspace_id,
            AcceptedHour.hour_at,
            func.sum(AcceptedHour.scans),
            func.count(),
        )
        .where(*old)
        .group_by(AcceptedHour.kind, AcceptedHour.workspace_id, AcceptedHour.hour_at)
    ).all()
    connection, gone = db.session.connection(), 0
    for kind, workspace_id, hour_at, scans, rows in sums:
        key = {"process": "", "kind": kind, "workspace_id": workspace_id, "hour_at": hour_at}
        insert = insert_into(connection, AcceptedHour).values(**key, scans=scans)
        changed = {"scans": AcceptedHour.__table__.c.scans + scans}
        connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))
        gone += rows
    db.session.execute(delete(AcceptedHour).where(*old))
    return gone
