"""What the billing page says: the plans side by side, and how it stands, in a sentence."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date

from pitchbar.billing.deciding import ALIVE, GOOD, PAST_DUE, grace_ends_at
from pitchbar.billing.models import PlanSubscription
from pitchbar.billing.prices import ShownPrice, show_price
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.core import clock
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE, LIMITS, PLANS, Plan


@dataclass(frozen=True)
class PlanCard:
    """`act` is "current", "buy", "change", "cancel" or "" where nothing can be done; `is_next` for
    the plan that is one larger.
    """

    plan: Plan
    price: ShownPrice
    limits: tuple[tuple[str, str], ...]
    act: str
    is_next: bool


@dataclass(frozen=True)
class Standing:
    """`kind` is "quiet", "warn" or "danger"."""

    kind: str
    title: str
    text: str = ""


def plan_cards(
    workspace: Workspace,
    row: PlanSubscription | None,
    payments: Payments | None,
    settings: BillingSettings,
) -> list[PlanCard]:
    order = list(PLANS)
    now_at = order.index(workspace.plan) if workspace.plan in order else 0
    return [
        PlanCard(
            plan,
            show_price(key, payments, settings),
            limits_in_words(plan),
            _act_for(key, workspace, row, payments, settings),
            at == now_at + 1,
        )
        for at, (key, plan) in enumerate(PLANS.items())
    ]


def limits_in_words(plan: Plan) -> tuple[tuple[str, str], ...]:
    """("50", "active codes"); what has no limit says so."""
    found: list[tuple[str, str]] = []
    for limit in LIMITS:
        most = plan.most(limit)
        shown = "Any number of" if most is None else f"{most:,}"
        noun = limit.many if most is None else limit.noun(most)
        found.append((shown, f"{noun} a month" if limit.is_monthly else noun))
    return tuple(found)


def _act_for(
    key: str,
    workspace: Workspace,
    row: PlanSubscription | None,
    payments: Payments | None,
    settings: BillingSettings,
) -> str:
    if key == workspace.plan:
        return "current"
    is_alive = row is not None and row.status in ALIVE and row.status != "incomplete"
    if payments is None:
        return ""
    if key == FREE:
        return "cancel" if row and is_alive and not row.cancels_at else ""
    if not settings.sold_price(key):
        return ""
    if not is_alive:
        return "buy"
    return "change" if row and row.status in GOOD else ""


def standing_of(
    workspace: Workspace,
    row: PlanSubscription | None,
    payments: Payments | None,
    settings: BillingSettings,
    now: datetime,
) -> Standing | None:
    """None where there is nothing to say: a free workspace that never bought anything."""
    if payments is None:
        return Standing(
            "quiet",
            "Billing is not configured on this installation",
            "Nothing can be bought here, and nothing that you have is affected. Whoever runs this "
            "installation sets the plan.",
        )
    if row is None or not row.status:
        return None
    for said in (_said_by_status, _said_by_dates):
        if found := said(workspace, row, settings, now):
            return found
    return None


def _said_by_status(
    workspace: Workspace, row: PlanSubscription, settings: BillingSettings, now: datetime
) -> Standing | None:
    if row.status == PAST_DUE and row.plan != FREE:
        until = day_of(workspace, grace_ends_at(row.past_due_since or now, settings))
        return Standing(
            "danger",
            f"Past due: the plan is kept until {until}",
            "The last payment was not made. Pay the open invoice or choose another card, and all "
            "goes on. Codes lead on in any case.",
        )
    if row.status in (PAST_DUE, "unpaid"):
        return Standing(
            "danger",
            "The last payment was not made, so the workspace is on Free",
            "Nothing was deleted. Pay the open invoice, and the plan is back at once.",
        )
    if row.status == "incomplete":
        return Standing("warn", "The first payment is not made yet", "Choose the plan once more.")
    return None


def _said_by_dates(
    workspace: Workspace, row: PlanSubscription, settings: BillingSettings, now: datetime
) -> Standing | None:
    if row.status not in GOOD:
        return None
    if row.cancels_at and row.cancels_at > now:
        return Standing(
            "warn",
            f"Cancels on {day_of(workspace, row.cancels_at)}",
            "Until then all stays as it is. Nothing is deleted after it, and codes lead on.",
        )
    if row.status == "trialing" and row.trial_ends_at:
        return Standing(
            "quiet",
            f"Trial ends {_in_days(workspace, row.trial_ends_at, now)}",
            "Add a card, and it goes on by itself. Without one the workspace is on Free from "
            f"{day_of(workspace, row.trial_ends_at)} on; nothing is deleted.",
        )
    if row.period_ends_at:
        return Standing("quiet", f"Renews on {day_of(workspace, row.period_ends_at)}")
    return None


def can_open_portal(row: PlanSubscription | None, payments: Payments | None) -> bool:
    return payments is not None and row is not None and bool(row.customer_id)


def _in_days(workspace: Workspace, at: datetime, now: datetime) -> str:
    zone = workspace.time_zone
    days = (clock.local_date(at, zone) - clock.local_date(now, zone)).days
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {days} days"


def day_of(workspace: Workspace, at: datetime) -> str:
    return str(format_date(clock.local_date(at, workspace.time_zone), "d MMMM y", locale="en"))
