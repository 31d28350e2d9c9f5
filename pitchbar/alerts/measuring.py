"""What rules look at, read for all of them in a few statements: from the rollups alone, whose keys
are the rules' own, and never from scans.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from pitchbar.alerts.models import AlertRule, AlertState, ScanMinute
from pitchbar.alerts.windows import Window
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.core.clock import start_of_hour
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanHour
from pitchbar.workspaces.models import Workspace

_SERIES = func.coalesce(AlertRule.code_id, WHOLE_WORKSPACE)


@dataclass(frozen=True)
class Watched:
    """A rule as the round of a minute needs it. `since`: when what it watches began."""

    id: int
    kind: str
    threshold: int
    window_minutes: int
    zone: str
    since: datetime
    ends_at: datetime | None
    is_open: bool
    is_snoozed: bool


def list_watched(kinds: Sequence[str], now: datetime) -> list[Watched]:
    """The rules of these kinds that are in force: neither paused, nor of a code or workspace that
    is gone, or going.
    """
    query = (
        select(
            AlertRule.id,
            AlertRule.kind,
            func.coalesce(AlertRule.threshold, 0),
            AlertRule.window_minutes,
            Workspace.time_zone,
            func.coalesce(Code.created_at, Workspace.created_at),
            Code.ends_at,
            func.coalesce(AlertState.is_open, False),
            func.coalesce(AlertRule.snoozed_until > now, False),
        )
        .join(Workspace, Workspace.id == AlertRule.workspace_id)
        .outerjoin(Code, Code.id == AlertRule.code_id)
        .outerjoin(
            AlertState, (AlertState.rule_id == AlertRule.id) & (AlertState.subject_key == "")
        )
        .where(AlertRule.kind.in_(kinds), AlertRule.window_minutes.is_not(None), *in_force())
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return [Watched(*row) for row in rows]


def in_force() -> tuple[ColumnElement[bool], ...]:
    """Conditions on AlertRule joined with Workspace, and with Code from outside."""
    return (
        AlertRule.is_paused.is_(False),
        Workspace.deletion_asked_at.is_(None),
        Workspace.purged_at.is_(None),
        or_(AlertRule.code_id.is_(None), (Code.deleted_at.is_(None)) & (Code.status == ACTIVE)),
    )


def sum_hours(
    kinds: Sequence[str],
    minutes: int,
    window: Window,
    *,
    zones: Iterable[str] = (),
    lively_at: datetime | None = None,
) -> dict[int, int]:
    """People in the window, by rule; one that had none is missing.

    Args:
        zones: of workspaces; all of them without any.
        lively_at: only of what had somebody in the hour of that moment.
    """
    query = _rules(kinds, minutes, func.sum(ScanHour.people), zones)
    query = query.join(
        ScanHour,
        (ScanHour.workspace_id == AlertRule.workspace_id)
        & (ScanHour.code_id == _SERIES)
        & (ScanHour.hour_at >= window.start)
        & (ScanHour.hour_at < window.end),
    )
    if lively_at is not None:
        query = _only_lively(query, lively_at)
    return _by_rule(query)


def sum_minutes(kinds: Sequence[str], minutes: int, now: datetime) -> dict[int, int]:
    """People in the minutes up to now, by rule."""
    since = now.replace(second=0, microsecond=0) - timedelta(minutes=minutes - 1)
    query = _rules(kinds, minutes, func.sum(ScanMinute.people)).join(
        ScanMinute,
        (ScanMinute.workspace_id == AlertRule.workspace_id)
        & (ScanMinute.code_id == _SERIES)
        & (ScanMinute.minute_at >= since),
    )
    return _by_rule(query)


def last_lively_hours(kinds: Sequence[str], now: datetime) -> dict[int, datetime]:
    """When the last hour with people began, by rule; what never had one is missing."""
    last = (
        select(ScanHour.hour_at)
        .where(
            ScanHour.workspace_id == AlertRule.workspace_id,
            ScanHour.code_id == _SERIES,
            ScanHour.people > 0,
            ScanHour.hour_at <= now,
        )
        .order_by(ScanHour.hour_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(select(AlertRule.id, last).where(AlertRule.kind.in_(kinds)))
    return {rule_id: at for rule_id, at in rows if at is not None}


def _rules(
    kinds: Sequence[str], minutes: int, figure: object, zones: Iterable[str] = ()
) -> Select[tuple[int, int]]:
    query = select(AlertRule.id, figure).group_by(AlertRule.id)  # type: ignore[call-overload]  # a column that is chosen at run time
    query = query.where(AlertRule.kind.in_(kinds), AlertRule.window_minutes == minutes)
    if zones:
        of_rule = Workspace.id == AlertRule.workspace_id
        query = query.join(Workspace, of_rule & Workspace.time_zone.in_(list(zones)))
    found: Select[tuple[int, int]] = query
    return found


def _only_lively(query: Select[tuple[int, int]], at: datetime) -> Select[tuple[int, int]]:
    running = aliased(ScanHour)
    return query.join(
        running,
        (running.workspace_id == AlertRule.workspace_id)
        & (running.code_id == _SERIES)
        & (running.hour_at == start_of_hour(at))
        & (running.people > 0),
    )


def _by_rule(query: Select[tuple[int, int]]) -> dict[int, int]:
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return {rule_id: int(count or 0) for rule_id, count in rows}
