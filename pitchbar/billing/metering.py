"""Scans beyond a plan, where the owner pays for them one by one.

Of each month it is known up to which recorded scan was looked. What was recorded since and lies
beyond the plan of now is written down as a batch, in the same transaction; batches are sent by a
job until Stripe says that it has them (`meter_sending.py`). So nothing is lost while Stripe is
away, and nothing is counted twice, whatever dies in between.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from pitchbar.billing.hooks import count_recorded
from pitchbar.billing.models import MeterBatch, MeterMonth, PlanSubscription
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import find_plan

# So long after a month is over, scans of it may still be stored.
_LATE = timedelta(days=3)


def month_of(workspace: Workspace, at: datetime) -> date:
    return clock.local_date(at, workspace.time_zone).replace(day=1)


def begin_metering(workspace: Workspace, now: datetime) -> None:
    """From here on: what was recorded before is paid for by the plan, whatever that was."""
    month = month_of(workspace, now)
    row = _month(workspace, month)
    row.counted = max(row.counted, count_recorded(workspace, month) or 0)


def look_at_months(workspace: Workspace, row: PlanSubscription, now: datetime) -> int:
    """Of this month, and of the one before while scans of it may still come. Returns the units
    that are new. Called under the lock of the workspace.
    """
    months = {month_of(workspace, now - _LATE), month_of(workspace, now)}
    return sum(_look(workspace, row, month, now) for month in sorted(months))


def look_at_month(workspace: Workspace, row: PlanSubscription, now: datetime) -> int:
    return _look(workspace, row, month_of(workspace, now), now)


def _look(workspace: Workspace, row: PlanSubscription, month: date, now: datetime) -> int:
    limit, recorded = find_plan(workspace.plan).scans, count_recorded(workspace, month)
    if limit is None or recorded is None or row.customer_id is None:
        return 0
    known = _month(workspace, month)
    # Erased scans make the count smaller; what was looked at is not looked at again.
    units = max(0, recorded - max(limit, known.counted))
    known.counted = max(known.counted, recorded)
    if not units:
        return 0
    first = known.billable
    known.billable += units
    db.session.add(
        MeterBatch(
            workspace_id=workspace.id,
            customer_id=row.customer_id,
            month=month,
            units=units,
            identifier=f"{row.customer_id}:{workspace.id}:{month:%Y-%m}:{first}-{known.billable}",
            happened_at=now,
        )
    )
    db.session.flush()
    return units


def count_units(workspace_id: int, month: date) -> tuple[int, int]:
    """Of a month: units to be paid for, and those of them that Stripe has."""
    known = db.session.get(MeterMonth, (workspace_id, month))
    told = select(func.sum(MeterBatch.units)).where(
        MeterBatch.workspace_id == workspace_id,
        MeterBatch.month == month,
        MeterBatch.sent_at.is_not(None),
    )
    return known.billable if known else 0, int(db.session.scalar(told) or 0)


def _month(workspace: Workspace, month: date) -> MeterMonth:
    values = {"workspace_id": workspace.id, "month": month, "counted": 0, "billable": 0}
    statement = insert_into(db.session.connection(), MeterMonth).values(values)
    db.session.execute(statement.on_conflict_do_nothing())
    return db.session.get_one(MeterMonth, (workspace.id, month), populate_existing=True)
