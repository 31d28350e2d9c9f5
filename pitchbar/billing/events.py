"""What Stripe sends: stored first, then acted upon by a job. The event is only the occasion; what
is true is read anew (`reading.py`).
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from pitchbar.billing.models import BillingEvent
from pitchbar.billing.reading import refresh
from pitchbar.billing.rows import find_row, find_workspace_of_customer
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsError
from pitchbar.core import clock
from pitchbar.core.database import changed_rows, insert_into
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.jobs import Task, enqueue

log = logging.getLogger(__name__)

# What became of one.
APPLIED, IGNORED = "applied", "ignored"
UNKNOWN_CUSTOMER, DELETED_WORKSPACE = "unknown customer", "deleted workspace"

_ABOUT_PLANS = ("customer.", "checkout.session.", "invoice.")
_PAYLOAD_MOST, _PAYLOAD_DAYS = 60_000, 7
# So long a job has for it before it is called for again.
_SWEEP_AFTER = timedelta(minutes=5)


class Jobs:
    """Set by `tasks.py`, which imports this."""

    handle: Task | None = None


class BadEvent(DomainError):
    """Signed, and nothing that could be stored."""

    status = 400
    code = "bad_event"

    def __init__(self) -> None:
        super().__init__("This is no event of Stripe.")


def receive_event(event: Mapping[str, Any], body: bytes) -> bool:
    """Stores it and calls the job; False where it was here before. Raises BadEvent."""
    event_id, kind = event.get("id"), event.get("type")
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    created = event.get("created")
    if not (_is_name(event_id, 255) and _is_name(kind, 100) and isinstance(about, dict)):
        raise BadEvent
    if not isinstance(created, int) or not 0 <= created < 2**33:
        raise BadEvent
    customer_id = _customer_of(about)
    workspace = find_workspace_of_customer(customer_id)
    object_id = about.get("id")
    row = {
        "event_id": event_id,
        "workspace_id": workspace.id if workspace else None,
        "type": kind,
        "object_id": object_id if _is_name(object_id, 255) else "",
        "customer_id": customer_id,
        "created_at": datetime.fromtimestamp(created, UTC),
        "received_at": clock.now(),
        "payload": body[:_PAYLOAD_MOST].decode("utf-8", "replace").replace("\0", ""),
    }
    statement = insert_into(db.session.connection(), BillingEvent).values(row)
    first = statement.on_conflict_do_nothing().returning(BillingEvent.id)
    stored = db.session.execute(first).scalar()
    if stored is not None:
        _call(stored)
    return stored is not None


def handle_event(row_id: int, payments: Payments, settings: BillingSettings, now: datetime) -> str:
    """Returns what became of it. An entry point: it commits.

    Raises:
        PaymentsError: the job is tried again.
    """
    row = db.session.get(BillingEvent, row_id)
    if row is None or row.handled_at is not None:
        return row.outcome if row else IGNORED
    kind, customer_id = row.type, row.customer_id
    try:
        outcome, workspace_id = _act_on(kind, customer_id, payments, settings, now)
    except PaymentsError as error:
        db.session.rollback()
        failed = update(BillingEvent).where(BillingEvent.id == row_id)
        db.session.execute(failed.values(error=str(error)[:500]))
        db.session.commit()
        raise
    done = update(BillingEvent).where(BillingEvent.id == row_id, BillingEvent.handled_at.is_(None))
    values = {"handled_at": now, "outcome": outcome, "error": "", "workspace_id": workspace_id}
    db.session.execute(done.values(values).execution_options(synchronize_session=False))
    db.session.commit()
    return outcome


def _act_on(
    kind: str, customer_id: str, payments: Payments, settings: BillingSettings, now: datetime
) -> tuple[str, int | None]:
    if not kind.startswith(_ABOUT_PLANS):
        return IGNORED, None
    workspace = find_workspace_of_customer(customer_id)
    if workspace is None:
        return UNKNOWN_CUSTOMER, None
    if workspace.purged_at:
        return DELETED_WORKSPACE, None
    workspace_id = workspace.id
    refresh(workspace_id, payments, settings, now)
    if kind == "customer.deleted" and not payments.has_customer(customer_id):
        row = find_row(workspace_id)
        if row is not None and row.customer_id == customer_id:
            # The next who buys becomes a customer anew.
            row.customer_id = None
    return APPLIED, workspace_id


def sweep_events(now: datetime, limit: int = 500) -> int:
    """Calls again for what waits longer than a job takes; a failed job does not end it."""
    waiting = (
        select(BillingEvent.id)
        .where(BillingEvent.handled_at.is_(None), BillingEvent.received_at < now - _SWEEP_AFTER)
        .order_by(BillingEvent.received_at, BillingEvent.id)
        .limit(limit)
    )
    ids = db.session.scalars(waiting).all()
    for row_id in ids:
        _call(row_id)
    return len(ids)


def trim_events(now: datetime, keep_days: int) -> int:
    """Payloads go after a week, rows after `keep_days`."""
    old = BillingEvent.received_at < now - timedelta(days=_PAYLOAD_DAYS)
    emptied = update(BillingEvent).where(old, BillingEvent.payload != "").values(payload="")
    db.session.execute(emptied.execution_options(synchronize_session=False))
    gone = delete(BillingEvent).where(BillingEvent.received_at < now - timedelta(days=keep_days))
    return changed_rows(db.session, gone.execution_options(synchronize_session=False))


def _call(row_id: int) -> None:
    if Jobs.handle is not None:
        enqueue(Jobs.handle, row_id, unique=f"billing-event:{row_id}")


def _customer_of(about: Mapping[str, Any]) -> str:
    named = about.get("id") if about.get("object") == "customer" else about.get("customer")
    return named if isinstance(named, str) and _is_name(named, 64) else ""


def _is_name(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable()
