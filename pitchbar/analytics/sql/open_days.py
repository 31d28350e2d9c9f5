"""Which days are to be rolled, over all workspaces."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select, union

from pitchbar.analytics.buckets import day_start
from pitchbar.analytics.sql.models import RolledDay
from pitchbar.analytics.sql.rolling import GRACE, OpenDay
from pitchbar.conversions.models import ConversionDay
from pitchbar.core import clock
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay
from pitchbar.workspaces.models import Workspace

_DAY = timedelta(days=1)
# What was accepted in time may still be on its way into the database.
_SETTLING = timedelta(minutes=2)


def list_open_days(connection: Connection, first: date, last: date, most: int) -> list[OpenDay]:
    """Those between, the newest first, at most so many looked at."""
    days = union(*(_days_of(table, first, last) for table in (ScanDay, ConversionDay))).subquery()
    is_rolled = and_(
        RolledDay.workspace_id == days.c.workspace_id,
        RolledDay.code_id == WHOLE_WORKSPACE,
        RolledDay.day == days.c.day,
        RolledDay.is_partial.is_not(True),
    )
    rows = connection.execute(
        select(days.c.workspace_id, days.c.time_zone, days.c.day)
        .select_from(days.outerjoin(RolledDay, is_rolled))
        .where(RolledDay.day.is_(None))
        .order_by(days.c.day.desc(), days.c.workspace_id)
        .limit(most)
    )
    return [one for one in (OpenDay(*row) for row in rows) if is_over(one)]


def is_over(one: OpenDay) -> bool:
    return day_start(one.day + _DAY, one.zone) + GRACE <= clock.now()


def list_running_days(connection: Connection, least: int) -> list[OpenDay]:
    """Days that are not over with at least so many scans, where one more hour of them can be rolled
    than is.
    """
    today, until = clock.now().date(), _last_hour(clock.now() - GRACE - _SETTLING)
    is_rolled = and_(
        RolledDay.workspace_id == ScanDay.workspace_id,
        RolledDay.code_id == WHOLE_WORKSPACE,
        RolledDay.day == ScanDay.day,
    )
    rows = connection.execute(
        select(ScanDay.workspace_id, Workspace.time_zone, ScanDay.day, RolledDay.end_at)
        .join(Workspace, Workspace.id == ScanDay.workspace_id)
        .outerjoin(RolledDay, is_rolled)
        .where(
            ScanDay.code_id == WHOLE_WORKSPACE,
            ScanDay.day.between(today - _DAY, today + _DAY),
            ScanDay.hits >= least,
        )
        .order_by(ScanDay.workspace_id, ScanDay.day)
    )
    found = []
    for workspace_id, zone, day, rolled_until in rows:
        start, end = day_start(day, zone), day_start(day + _DAY, zone)
        if start < until < end and (rolled_until is None or rolled_until < until):
            found.append(OpenDay(workspace_id, zone, day, until))
    return found


def _last_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _days_of(table: Any, first: date, last: date) -> Any:
    return (
        select(table.workspace_id, Workspace.time_zone, table.day)
        .join(Workspace, Workspace.id == table.workspace_id)
        .where(table.code_id == WHOLE_WORKSPACE, table.day.between(first, last))
    )
