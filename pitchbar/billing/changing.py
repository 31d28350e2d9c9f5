"""Changes of a subscription that stands: another plan, its end, scans beyond the plan. Each
function is an entry point: it commits before it asks Stripe, and what Stripe answers is read anew.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchbar.billing.applying import records_overage
from pitchbar.billing.deciding import ALIVE
from pitchbar.billing.errors import NoSubscription, OverageNotOffered, PlanNotSold
from pitchbar.billing.metering import begin_metering, look_at_months
from pitchbar.billing.reading import refresh
from pitchbar.billing.rows import find_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_wire import PaidSubscription, Preview
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

# How long the figures that somebody saw hold.
PREVIEW_HOLDS = timedelta(minutes=30)


@dataclass(frozen=True)
class Changed:
    """`payment_url` is where the difference is paid, if the bank did not let it through."""

    is_done: bool
    payment_url: str = ""


def preview_change(
    workspace: Workspace, plan: str, at: datetime, payments: Payments, settings: BillingSettings
) -> Preview:
    """What the change would be charged. Raises NoSubscription, PlanNotSold, PaymentsError."""
    price_id = _price_of(plan, settings)
    paid = _read_paid(workspace, payments)
    return payments.preview_change(paid, price_id, at)


def change_subscription(
    workspace: Workspace,
    by: Actor,
    plan: str,
    at: datetime,
    payments: Payments,
    settings: BillingSettings,
    now: datetime,
) -> Changed:
    """At the moment of the preview, so that what was shown is what is charged. Where the payment
    does not go through, the plan stays until it does.

    Raises:
        NoSubscription
        PlanNotSold
        PaymentsError
    """
    price_id = _price_of(plan, settings)
    at = min(max(at, now - PREVIEW_HOLDS), now)
    workspace_id = workspace.id
    paid = _read_paid(workspace, payments)
    if paid.price_id == price_id:
        # Changed already: by an answer that was lost, or in another window.
        refresh(workspace_id, payments, settings, now)
        return Changed(True)
    key = f"{paid.id}:{paid.price_id}:{price_id}:{int(at.timestamp())}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    changed = payments.change_price(paid, price_id, at, digest)
    record_event("billing.plan_chosen", workspace, by=by, after={"plan": plan})
    db.session.commit()
    refresh(workspace_id, payments, settings, now)
    return Changed(not changed.is_pending, changed.payment_url if changed.is_pending else "")


def end_subscription(
    workspace: Workspace,
    by: Actor,
    payments: Payments,
    settings: BillingSettings,
    now: datetime,
    *,
    ends: bool,
) -> None:
    """With the period that is paid for, or not at all. Raises NoSubscription, PaymentsError."""
    workspace_id = workspace.id
    paid = _read_paid(workspace, payments)
    payments.end_with_period(paid.id, ends=ends)
    name = "billing.cancellation_asked" if ends else "billing.cancellation_undone"
    record_event(name, workspace, by=by)
    db.session.commit()
    refresh(workspace_id, payments, settings, now)


def set_overage(
    workspace: Workspace,
    by: Actor,
    payments: Payments,
    settings: BillingSettings,
    now: datetime,
    *,
    wants: bool,
) -> None:
    """Raises OverageNotOffered, NoSubscription, PaymentsError."""
    workspace_id = workspace.id
    row = find_row(workspace_id)
    if wants and (row is None or row.status != "active" or not settings.meters_scans):
        raise OverageNotOffered
    if wants:
        paid = _read_paid(workspace, payments)
        if not paid.metered_item_id:
            payments.add_metered_item(paid.id, "")
        refresh(workspace_id, payments, settings, now)
    lock_workspace(workspace_id)
    row = find_row(workspace_id)
    if row is None:
        raise NoSubscription
    workspace = db.session.get_one(Workspace, workspace_id, populate_existing=True)
    before = {"overage": row.wants_overage}
    if workspace.records_overage:
        look_at_months(workspace, row, now)
    elif wants:
        begin_metering(workspace, now)
    row.wants_overage = wants
    workspace.records_overage = records_overage(row, settings)
    after = {"overage": wants}
    record_event("billing.overage_changed", workspace, by=by, before=before, after=after)
    db.session.commit()


def _price_of(plan: str, settings: BillingSettings) -> str:
    price_id = settings.sold_price(plan)
    if not price_id:
        raise PlanNotSold
    return price_id


def _read_paid(workspace: Workspace, payments: Payments) -> PaidSubscription:
    """As it is at Stripe now."""
    row = find_row(workspace.id)
    if row is None or not row.customer_id or row.status not in ALIVE:
        raise NoSubscription
    customer_id, known = row.customer_id, row.subscription_id
    db.session.commit()
    found = payments.list_subscriptions(customer_id)
    paid = next((one for one in found if one.id == known and not one.is_over), None)
    if paid is None:
        raise NoSubscription
    return paid
