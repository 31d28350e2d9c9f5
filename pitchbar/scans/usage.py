"""How much of its plan a workspace uses this month, and what codes with a limit led on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.counting import count_recorded
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay, UnrecordedScans
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import Plan, find_plan


@dataclass(frozen=True)
class ScanUsage:
    """Scans of a month that are recorded, and how many were led on without; `limit` is None where
    all are recorded.
    """

    month: date
    used: int
    limit: int | None
    unrecorded: int


@dataclass(frozen=True)
class Unrecorded:
    """What is said of scans of this month that were not recorded: how many, since which day of the
    workspace, and when it records again.
    """

    count: int
    since: date
    plan: Plan
    next_month: date
    is_of_code: bool


def load_usage(workspace: Workspace) -> ScanUsage:
    month = _month_of(workspace)
    count, _ = _count_unrecorded(workspace, month, None)
    used = count_recorded(db.session.connection(), workspace.id, month)
    return ScanUsage(month, used, _limit_of(workspace), count)


def count_by_day(workspace_ids: Sequence[int], since: date) -> Mapping[int, Mapping[date, int]]:
    """All that is stored, by workspace and its day; days without any are not there."""
    query = select(ScanDay.workspace_id, ScanDay.day, ScanDay.hits).where(
        ScanDay.workspace_id.in_(workspace_ids),
        ScanDay.code_id == WHOLE_WORKSPACE,
        ScanDay.day >= since,
        ScanDay.hits > 0,
    )
    found: dict[int, dict[date, int]] = {}
    for workspace_id, day, hits in db.session.execute(query):
        found.setdefault(workspace_id, {})[day] = int(hits)
    return found


def is_quota_in_force() -> bool:
    return current_settings()[ScanSettings].quota_enabled


def find_unrecorded(workspace: Workspace, code_id: int | None = None) -> Unrecorded | None:
    """Of one code or of all; None where all were recorded."""
    month = _month_of(workspace)
    count, first_at = _count_unrecorded(workspace, month, code_id)
    if not count or first_at is None:
        return None
    since = max(month, clock.local_date(first_at, workspace.time_zone))
    next_month = (month + timedelta(days=31)).replace(day=1)
    return Unrecorded(count, since, find_plan(workspace.plan), next_month, code_id is not None)


def count_led_of(workspace: Workspace, code_ids: Sequence[int]) -> Mapping[int, int]:
    """How many scans each of the codes led on, by id."""
    hits = (
        select(ScanDay.code_id, func.sum(ScanDay.hits - ScanDay.heads))
        .where(ScanDay.workspace_id == workspace.id, ScanDay.code_id.in_(code_ids))
        .group_by(ScanDay.code_id)
    )
    others = (
        select(UnrecordedScans.code_id, func.sum(UnrecordedScans.scans))
        .where(UnrecordedScans.workspace_id == workspace.id, UnrecordedScans.code_id.in_(code_ids))
        .group_by(UnrecordedScans.code_id)
    )
    found = dict.fromkeys(code_ids, 0)
    for query in (hits, others):
        for code_id, count in db.session.execute(query):
            found[code_id] += int(count)
    return found


def _month_of(workspace: Workspace) -> date:
    return clock.local_date(clock.now(), workspace.time_zone).replace(day=1)


def _limit_of(workspace: Workspace) -> int | None:
    return find_plan(workspace.plan).scans if is_quota_in_force() else None


def _count_unrecorded(
    workspace: Workspace, month: date, code_id: int | None
) -> tuple[int, datetime | None]:
    """And when the first of them came."""
    query = select(func.sum(UnrecordedScans.scans), func.min(UnrecordedScans.first_at)).where(
        UnrecordedScans.workspace_id == workspace.id, UnrecordedScans.month == month
    )
    if code_id is not None:
        query = query.where(UnrecordedScans.code_id == code_id)
    count, first_at = db.session.execute(query).one()
    return int(count or 0), first_at
