"""Compares ours with Stripe's, customer by customer, and makes ours the same."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pitchbar.billing.deciding import decide, effective_plan
from pitchbar.billing.meter_sending import first_batch_at
from pitchbar.billing.models import MeterBatch, MeterMonth, PlanSubscription
from pitchbar.billing.reading import read_customer, store
from pitchbar.billing.rows import find_row, list_customers, take_ticket
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsError, PaymentsUnavailable
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Drift:
    """What differed for one workspace: ours before, and Stripe's."""

    workspace_id: int
    slug: str
    what: str
    ours: str
    stripes: str
    is_repaired: bool

    def __str__(self) -> str:
        end = "repaired" if self.is_repaired else "NOT repaired"
        return f"{self.slug}: {self.what} was {self.ours}, Stripe has {self.stripes}; {end}"


@dataclass
class Synced:
    customers: int = 0
    drifts: list[Drift] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left that differs, as far as it could be looked at."""
        return not self.failures and all(drift.is_repaired for drift in self.drifts)


def sync_all(payments: Payments, settings: BillingSettings, now: datetime) -> Synced:
    """An entry point: it commits after each customer."""
    synced, last = Synced(), 0
    while rows := list_customers(last):
        ids = [row.workspace_id for row in rows]
        last = ids[-1]
        db.session.commit()
        for workspace_id in ids:
            synced.customers += 1
            try:
                synced.drifts += _sync_one(workspace_id, payments, settings, now)
                synced.drifts += _compare_units(workspace_id, payments, settings, now)
            except PaymentsUnavailable as error:
                db.session.rollback()
                synced.failures.append(f"workspace {workspace_id}: {error.message}")
                return synced
            except PaymentsError as error:
                db.session.rollback()
                synced.failures.append(f"workspace {workspace_id}: {error}")
    return synced


def _sync_one(
    workspace_id: int, payments: Payments, settings: BillingSettings, now: datetime
) -> list[Drift]:
    row = find_row(workspace_id)
    if row is None or not row.customer_id:
        return []
    customer_id, known_id = row.customer_id, row.subscription_id
    workspace = db.session.get_one(Workspace, workspace_id)
    slug, before = workspace.slug, _shown(row, workspace.plan)
    granted = row.granted_plan
    ticket = take_ticket(workspace_id)
    db.session.commit()
    reading = read_customer(payments, customer_id, known_id)
    facts = reading.facts()
    decided = decide(
        str(facts["status"]), str(facts["price_id"]), reading.past_due_since, now, settings
    )
    wanted = {name: _said(facts[name]) for name in before if name != "plan"}
    wanted["plan"] = effective_plan(decided.plan, granted)
    is_stored = store(workspace_id, customer_id, ticket, reading, settings, now)
    return [
        Drift(workspace_id, slug, name, before[name] or "nothing", value or "nothing", is_stored)
        for name, value in wanted.items()
        if before[name] != value
    ]


def _shown(row: PlanSubscription, plan: str) -> dict[str, str]:
    names = ("subscription_id", "status", "price_id", "period_ends_at", "cancels_at")
    return {"plan": plan, **{name: _said(getattr(row, name)) for name in names}}


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def _compare_units(
    workspace_id: int, payments: Payments, settings: BillingSettings, now: datetime
) -> list[Drift]:
    """Units to be paid for, written down as batches, and had by Stripe. What differs there is told
    and left: nobody knows which of both is right, and it is money.
    """
    if not settings.meters_scans:
        return []
    batches = MeterBatch.workspace_id == workspace_id
    written = int(db.session.scalar(select(func.sum(MeterBatch.units)).where(batches)) or 0)
    mine = MeterMonth.workspace_id == workspace_id
    used = int(db.session.scalar(select(func.sum(MeterMonth.billable)).where(mine)) or 0)
    row = find_row(workspace_id)
    if not used or row is None or not row.customer_id:
        return []
    slug, customer_id = db.session.get_one(Workspace, workspace_id).slug, row.customer_id
    since = first_batch_at(customer_id, now)
    recent = (batches, MeterBatch.customer_id == customer_id, MeterBatch.happened_at >= since)
    sent = int(db.session.scalar(select(func.sum(MeterBatch.units)).where(*recent)) or 0)
    db.session.commit()
    until = (now + timedelta(minutes=7)).replace(second=0, microsecond=0)
    found = payments.count_units(customer_id, since, until)
    drifts = []
    if used != written:
        told = (str(used), f"{written} written down")
        drifts.append(Drift(workspace_id, slug, "units used", *told, False))
    if sent != found:
        drifts.append(Drift(workspace_id, slug, "units reported", str(sent), str(found), False))
    return drifts
