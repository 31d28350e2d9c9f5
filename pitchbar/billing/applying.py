"""What follows from what is known: the plan of the workspace, and who is told."""

from datetime import datetime

from pitchbar.billing.deciding import (
    GOOD,
    PAST_DUE,
    Decision,
    decide,
    effective_plan,
    grace_ends_at,
)
from pitchbar.billing.metering import look_at_month
from pitchbar.billing.models import PlanSubscription
from pitchbar.billing.notices import (
    alarm_operators,
    tell_ending,
    tell_past_due,
    tell_plan_changed,
)
from pitchbar.billing.plan_changes import change_plan
from pitchbar.billing.settings import BillingSettings
from pitchbar.events.actors import SYSTEM
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE

_REASONS = {
    "active": "it is paid for",
    "trialing": "it is tried",
    "past_due": "a payment was not made",
    "unpaid": "a payment was not made",
    "incomplete": "the first payment is not made yet",
}


def decision_of(row: PlanSubscription, settings: BillingSettings, now: datetime) -> Decision:
    return decide(row.status, row.price_id, row.past_due_since, now, settings)


def apply_decision(
    workspace: Workspace, row: PlanSubscription, settings: BillingSettings, now: datetime
) -> None:
    """Called under the lock of the workspace; again and again, it changes nothing more."""
    decision = decision_of(row, settings, now)
    if not decision.is_price_known:
        alarm_operators(
            workspace,
            f"price:{row.price_id}",
            f"The customer {row.customer_id} pays the price {row.price_id}, which no "
            f"STRIPE_PRICE_… names. The workspace has the plan {decision.plan} meanwhile.",
        )
    if workspace.records_overage:
        # Under the limits of before; what comes later is counted under the new ones.
        look_at_month(workspace, row, now)
    row.plan, before = decision.plan, workspace.plan
    reason = _REASONS.get(row.status, "the subscription is over")
    if change_plan(workspace, SYSTEM, effective_plan(row.plan, row.granted_plan), reason):
        tell_plan_changed(workspace, before, reason)
    workspace.records_overage = records_overage(row, settings)
    _tell(workspace, row, settings, now)


def records_overage(row: PlanSubscription, settings: BillingSettings) -> bool:
    """Only where there is a card that pays for it."""
    is_paid = row.status in ("active", PAST_DUE) and row.plan != FREE
    return row.wants_overage and is_paid and settings.meters_scans and bool(row.metered_item_id)


def _tell(
    workspace: Workspace, row: PlanSubscription, settings: BillingSettings, now: datetime
) -> None:
    if row.status == PAST_DUE and row.past_due_since and row.plan != FREE:
        until = grace_ends_at(row.past_due_since, settings)
        tell_past_due(workspace, row.past_due_since, until, row.plan)
    if row.status in GOOD and row.cancels_at and row.cancels_at > now:
        tell_ending(workspace, row.cancels_at, row.plan)
