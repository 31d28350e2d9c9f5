"""Which days are over and not rolled, over all workspaces."""

from datetime import date, timedelta
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


def list_open_days(connection: Connection, first: date, last: date, most: int) -> list[OpenDay]:
    """Those between, the newest first, at most so many looked at."""
    days = union(*(_days_of(table, first, last) for table in (ScanDay, ConversionDay))).subquery()
    is_rolled = and_(
        RolledDay.workspace_id == days.c.workspace_id,
        RolledDay.code_id == WHOLE_WORKSPACE,
        RolledDay.day == days.c.day,
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


def _days_of(table: Any, first: date, last: date) -> Any:
    return (
        select(table.workspace_id, Workspace.time_zone, table.day)
        .join(Workspace, Workspace.id == table.workspace_id)
        .where(table.code_id == WHOLE_WORKSPACE, table.day.between(first, last))
    )
