"""How much of its plan a workspace has used: told at 75, 90 and 100 percent, once in a month, with
rules or without, as webhooks hear of it too.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from pitchbar.alerts.kinds import find_kind
from pitchbar.alerts.models import QuotaMark
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import find_plan

QUOTA_REACHED = "quota.reached"


@dataclass(frozen=True)
class Usage:
    workspace_id: int
    month: date
    used: int
    limit: int

    @property
    def percent(self) -> int:
        return self.used * 100 // self.limit


def raise_quota_marks(now: datetime) -> int:
    """Returns how many were reached since the last time; an entry point, which commits."""
    if not current_settings()[ScanSettings].quota_enabled:
        return 0
    reached = 0
    for usage in list(_list_used(now)):
        for level in quota_levels():
            if usage.percent >= level and _mark(usage, level, now):
                _tell(usage, level)
                reached += 1
        db.session.commit()
    return reached


def quota_levels() -> tuple[int, ...]:
    kind = find_kind("quota")
    return kind.levels if kind else ()


def _list_used(now: datetime) -> Iterator[Usage]:
    """Workspaces that have used the first level, in their own month."""
    zones = db.session.scalars(select(Workspace.time_zone).distinct()).all()
    by_month: dict[date, list[str]] = defaultdict(list)
    for zone in zones:
        by_month[clock.local_date(now, zone).replace(day=1)].append(zone)
    for month, its_zones in by_month.items():
        used = func.sum(ScanDay.hits)
        query = (
            select(Workspace.id, Workspace.plan, used)
            .join(ScanDay, ScanDay.workspace_id == Workspace.id)
            .where(
                ScanDay.code_id == WHOLE_WORKSPACE,
                ScanDay.day >= month,
                Workspace.time_zone.in_(its_zones),
                Workspace.purged_at.is_(None),
            )
            .group_by(Workspace.id, Workspace.plan)
        )
        for workspace_id, plan, count in db.session.execute(query):
            usage = Usage(workspace_id, month, int(count or 0), find_plan(plan).scans or 0)
            if usage.limit and usage.percent >= min(quota_levels()):
                yield usage


def _mark(usage: Usage, level: int, now: datetime) -> bool:
    """True for the first who says so."""
    row = {
        "workspace_id": usage.workspace_id,
        "month": usage.month,
        "level": level,
        "reached_at": now,
    }
    statement = insert_into(db.session.connection(), QuotaMark).values(row)
    first = statement.on_conflict_do_nothing().returning(QuotaMark.level)
    return db.session.execute(first).first() is not None


def _tell(usage: Usage, level: int) -> None:
    workspace = db.session.get_one(Workspace, usage.workspace_id)
    after = {
        "level": level,
        "used": usage.used,
        "limit": usage.limit,
        "month": f"{usage.month:%Y-%m}",
    }
    record_event(QUOTA_REACHED, workspace, by=SYSTEM, after=after)
