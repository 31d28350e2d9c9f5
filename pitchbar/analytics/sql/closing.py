"""Before old scans are deleted, the breakdowns of their days are made for the last time, for each
code that has any: whoever deletes calls this first.
"""

import math
import time
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from pitchbar.analytics.sql.models import RolledDay
from pitchbar.analytics.sql.rolling import OpenDay, roll_day
from pitchbar.core.clock import local_date
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan
from pitchbar.workspaces.models import Workspace

_DAY = timedelta(days=1)


def close_days(
    engine: Engine, workspace_id: int, before: datetime, *, until: float = math.inf
) -> bool:
    """All days with a scan before that moment, the one that holds it included; each in a
    transaction of its own. Returns whether all are closed: it ends at `until`, by the monotonic
    clock, and goes on from there another time.
    """
    with engine.connect() as connection:
        days = _list_days(connection, workspace_id, before)
    for one in days:
        if time.monotonic() > until:
            return False
        roll_day(engine, one, least=1, is_final=True)
    return True


def _list_days(connection: Connection, workspace_id: int, before: datetime) -> list[OpenDay]:
    old = (Scan.workspace_id == workspace_id, Scan.scanned_at < before)
    first = connection.scalar(select(func.min(Scan.scanned_at)).where(*old))
    zone = connection.scalar(select(Workspace.time_zone).where(Workspace.id == workspace_id))
    if first is None or zone is None:
        return []
    closed = _list_closed(connection, workspace_id)
    day, last = local_date(first, zone), local_date(before - timedelta(microseconds=1), zone)
    days = []
    while day <= last:
        if day not in closed:
            days.append(OpenDay(workspace_id, zone, day))
        day += _DAY
    return days


def _list_closed(connection: Connection, workspace_id: int) -> set[date]:
    query = select(RolledDay.day).where(
        RolledDay.workspace_id == workspace_id,
        RolledDay.code_id == WHOLE_WORKSPACE,
        RolledDay.is_final.is_(True),
    )
    return set(connection.scalars(query))
