"""How much of its plan a workspace has used, of each limit: told at 75, 90 and 100 percent, with
rules or without, as webhooks hear of it too. What is counted by month is told once in a month, and
what is there at a time once until it falls below that level again.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, delete, select

from pitchbar.alerts.kinds import find_kind
from pitchbar.alerts.models import NO_MONTH, QuotaMark
from pitchbar.core.database import changed_rows, insert_into
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_usage import count_since, count_standing, month_of, most_of
from pitchbar.workspaces.plans import LIMITS, Limit

QUOTA_REACHED = "quota.reached"
_AT_ONCE = 500


@dataclass(frozen=True)
class Usage:
    """`month` is the workspace's own, `marked` what its marks are kept under."""

    workspace_id: int
    limit: Limit
    month: date
    marked: date
    used: int
    most: int

    @property
    def percent(self) -> int:
        return self.used * 100 // self.most


def raise_quota_marks(now: datetime) -> int:
    """Of what is counted by month. Returns how many levels were reached since the last time; an
    entry point, which commits, as the next one is.
    """
    return _raise([limit for limit in LIMITS if limit.is_monthly], now)


def raise_standing_marks(now: datetime) -> int:
    return _raise([limit for limit in LIMITS if not limit.is_monthly], now)


def quota_levels() -> tuple[int, ...]:
    kind = find_kind("quota")
    return kind.levels if kind else ()


def _raise(limits: Sequence[Limit], now: datetime) -> int:
    reached, after = 0, 0
    while some := _list_workspaces(after):
        after = some[-1].id
        for limit in limits:
            for usage in list(_list_used(limit, some, now)):
                reached += _look(usage, now)
                db.session.commit()
    return reached


def _list_workspaces(after: int) -> Sequence[Row[int, str, str]]:
    """With plan and time zone."""
    query = select(Workspace.id, Workspace.plan, Workspace.time_zone).where(
        Workspace.id > after, Workspace.purged_at.is_(None)
    )
    return db.session.execute(query.order_by(Workspace.id).limit(_AT_ONCE)).all()


def _list_used(limit: Limit, some: Sequence[Row[int, str, str]], now: datetime) -> Iterator[Usage]:
    """Of those whose plan has that limit: what has reached a level, or did before."""
    least = min(quota_levels())
    limited: dict[date, dict[int, int]] = defaultdict(dict)
    for workspace in some:
        if most := most_of(workspace.plan, limit):
            limited[month_of(now, workspace.time_zone)][workspace.id] = most
    for month, of_month in limited.items():
        ids = list(of_month)
        counts = count_since(limit, ids, month) if limit.is_monthly else count_standing(limit, ids)
        marked = month if limit.is_monthly else NO_MONTH
        fallen = () if limit.is_monthly else _list_marked(limit, ids)
        for workspace_id in {*counts, *fallen}:
            used = counts.get(workspace_id, 0)
            usage = Usage(workspace_id, limit, month, marked, used, of_month[workspace_id])
            if usage.percent >= least or workspace_id in fallen:
                yield usage


def _list_marked(limit: Limit, workspace_ids: Sequence[int]) -> Sequence[int]:
    """Whose marks may have to go, though they have nothing left to be counted."""
    query = select(QuotaMark.workspace_id).where(
        QuotaMark.workspace_id.in_(workspace_ids),
        QuotaMark.limit_key == limit.key,
        QuotaMark.month == NO_MONTH,
    )
    return db.session.scalars(query.distinct()).all()


def _look(usage: Usage, now: datetime) -> int:
    """Returns how many levels are reached anew."""
    reached = 0
    for level in quota_levels():
        if usage.percent >= level:
            if _mark(usage, level, now):
                _tell(usage, level)
                reached += 1
        elif not usage.limit.is_monthly:
            _forget(usage, level)
    return reached


def _mark(usage: Usage, level: int, now: datetime) -> bool:
    """True for the first who says so."""
    row = {
        "workspace_id": usage.workspace_id,
        "limit_key": usage.limit.key,
        "month": usage.marked,
        "level": level,
        "reached_at": now,
    }
    statement = insert_into(db.session.connection(), QuotaMark).values(row)
    first = statement.on_conflict_do_nothing().returning(QuotaMark.level)
    return db.session.execute(first).first() is not None


def _forget(usage: Usage, level: int) -> None:
    mine = delete(QuotaMark).where(
        QuotaMark.workspace_id == usage.workspace_id,
        QuotaMark.limit_key == usage.limit.key,
        QuotaMark.month == NO_MONTH,
        QuotaMark.level == level,
    )
    changed_rows(db.session, mine.execution_options(synchronize_session=False))


def _tell(usage: Usage, level: int) -> None:
    workspace = db.session.get_one(Workspace, usage.workspace_id)
    after = {
        "level": level,
        "used": usage.used,
        "limit": usage.most,
        "month": f"{usage.month:%Y-%m}",
        "limit_name": usage.limit.key,
    }
    record_event(QUOTA_REACHED, workspace, by=SYSTEM, after=after)
