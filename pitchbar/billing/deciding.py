"""Which plan a subscription gives: a pure function of what Stripe said and of the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pitchbar.billing.settings import BillingSettings
from pitchbar.workspaces.plans import FREE

# What Stripe calls a subscription that is paid for, or tried.
GOOD = ("active", "trialing")
PAST_DUE = "past_due"
# It may still become good again, or has to be ended.
ALIVE = (*GOOD, PAST_DUE, "unpaid", "paused", "incomplete")


@dataclass(frozen=True)
class Decision:
    """`is_price_known` is False where the plan is the configured default for want of a better."""

    plan: str
    is_price_known: bool = True


def decide(
    status: str,
    price_id: str,
    past_due_since: datetime | None,
    now: datetime,
    settings: BillingSettings,
) -> Decision:
    """Past due keeps the plan for BILLING_GRACE_DAYS; whatever is over, or never began, is Free."""
    in_grace = status == PAST_DUE and now < grace_ends_at(past_due_since or now, settings)
    if status not in GOOD and not in_grace:
        return Decision(FREE)
    plan = settings.plan_of_price(price_id)
    if plan is None:
        return Decision(settings.billing_default_paid_plan, is_price_known=False)
    return Decision(plan)


def grace_ends_at(past_due_since: datetime, settings: BillingSettings) -> datetime:
    return past_due_since + timedelta(days=settings.billing_grace_days)


def effective_plan(decided: str, granted: str) -> str:
    """What an operator granted holds where nothing is paid for."""
    return decided if decided != FREE else granted or FREE
