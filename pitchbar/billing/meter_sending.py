"""Batches of units go to Stripe's Billing Meters, each until it is acknowledged."""

from datetime import datetime, timedelta

from sqlalchemy import select

from pitchbar.billing.metering import look_at_months
from pitchbar.billing.models import MeterBatch
from pitchbar.billing.rows import find_row
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsError, PaymentsUnavailable
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

# So long Stripe surely knows an identifier; later it is asked first what it has.
_KNOWN_HOURS = 23
# Nothing older is taken.
_OLDEST = timedelta(days=34)
_AT_ONCE = 500


def collect_units(now: datetime) -> int:
    """Looks at each workspace that pays for scans beyond its plan. An entry point: it commits."""
    ids = db.session.scalars(
        select(Workspace.id).where(Workspace.records_overage, Workspace.purged_at.is_(None))
    ).all()
    units = 0
    for workspace_id in ids:
        lock_workspace(workspace_id)
        workspace = db.session.get_one(Workspace, workspace_id, populate_existing=True)
        row = find_row(workspace_id)
        if row is not None and workspace.records_overage:
            units += look_at_months(workspace, row, now)
        db.session.commit()
    return units


def send_batches(payments: Payments, now: datetime) -> int:
    """Sends what was not acknowledged yet, the oldest first; returns how many were. One that
    Stripe refuses does not hold up the others. An entry point: it commits.

    Raises:
        PaymentsUnavailable: the rest goes when Stripe is there again.
    """
    waiting = select(MeterBatch.id).where(MeterBatch.sent_at.is_(None))
    sent = 0
    for batch_id in db.session.scalars(waiting.order_by(MeterBatch.id).limit(_AT_ONCE)).all():
        check_deadline()
        sent += _send(payments, batch_id, now)
    return sent


def _send(payments: Payments, batch_id: int, now: datetime) -> bool:
    batch = db.session.get(MeterBatch, batch_id, populate_existing=True)
    if batch is None or batch.sent_at is not None:
        return False
    first_tried_at = batch.first_tried_at
    batch.first_tried_at = first_tried_at or now
    at = max(batch.happened_at, now - _OLDEST)
    facts = (batch.customer_id, batch.units, batch.identifier)
    # Nothing is held while Stripe takes its time, and that it was tried is known whatever happens.
    db.session.commit()
    error = ""
    try:
        if not (first_tried_at and _has_it(payments, batch_id, first_tried_at, now)):
            payments.report_units(*facts, at)
    except PaymentsUnavailable as unavailable:
        _note(batch_id, error=str(unavailable))
        raise
    except PaymentsError as refused:
        error = str(refused)
    _note(batch_id, error=error)
    return not error


def _has_it(payments: Payments, batch_id: int, tried_at: datetime, now: datetime) -> bool:
    """Whether Stripe took the batch at a try whose answer was lost, when it is too late for it to
    know the identifier.
    """
    if now - tried_at < timedelta(hours=_KNOWN_HOURS):
        return False
    batch = db.session.get_one(MeterBatch, batch_id)
    customer_id, units = batch.customer_id, batch.units
    since = first_batch_at(customer_id, now)
    acknowledged = sum(
        db.session.scalars(
            select(MeterBatch.units).where(
                MeterBatch.customer_id == customer_id,
                MeterBatch.sent_at.is_not(None),
                MeterBatch.happened_at >= since,
            )
        )
    )
    db.session.rollback()
    until = (now + timedelta(minutes=7)).replace(second=0, microsecond=0)
    return payments.count_units(customer_id, since, until) >= acknowledged + units


def first_batch_at(customer_id: str, now: datetime) -> datetime:
    """The minute before the oldest batch that Stripe can still be asked for."""
    query = (
        select(MeterBatch.happened_at)
        .where(MeterBatch.customer_id == customer_id, MeterBatch.happened_at >= now - _OLDEST)
        .order_by(MeterBatch.happened_at)
        .limit(1)
    )
    first = db.session.scalar(query) or now
    return (first - timedelta(minutes=1)).replace(second=0, microsecond=0)


def _note(batch_id: int, *, error: str) -> None:
    batch = db.session.get(MeterBatch, batch_id, populate_existing=True)
    if batch is not None:
        batch.error = error[:300]
        if not error:
            batch.sent_at = clock.now()
    db.session.commit()
