"""Reads what a workspace has at Stripe, and makes ours the same.

An event only says that something happened; what is true is asked for again. So events may come in
any order, twice or never. Each reading draws a ticket before it begins: of two at once, the one
that began later has at least what the other has, and an older one never takes its place.
"""

from dataclasses import dataclass
from datetime import datetime

from pitchbar.billing.applying import apply_decision
from pitchbar.billing.deciding import ALIVE, GOOD, PAST_DUE
from pitchbar.billing.models import PlanSubscription
from pitchbar.billing.notices import alarm_operators
from pitchbar.billing.rows import find_row, take_ticket
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsRefused
from pitchbar.clients.payments_wire import PaidSubscription
from pitchbar.extensions import db
from pitchbar.jobs import Task, enqueue
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

_FACTS = (
    "subscription_id",
    "item_id",
    "metered_item_id",
    "status",
    "price_id",
    "currency",
    "period_ends_at",
    "cancels_at",
    "trial_ends_at",
    "past_due_since",
)


@dataclass(frozen=True)
class Reading:
    """What a customer has: the subscription that counts, and others that should not be there."""

    paid: PaidSubscription | None
    past_due_since: datetime | None = None
    doubled: tuple[str, ...] = ()

    def facts(self) -> dict[str, object]:
        """As the row keeps them."""
        paid = self.paid
        if paid is None:
            return {name: None if name.endswith(("_at", "_since")) else "" for name in _FACTS}
        return {
            "subscription_id": paid.id,
            "item_id": paid.item_id,
            "metered_item_id": paid.metered_item_id,
            "status": paid.status,
            "price_id": paid.price_id,
            "currency": paid.currency,
            "period_ends_at": paid.period_ends_at,
            "cancels_at": None if paid.is_over else paid.cancels_at,
            "trial_ends_at": paid.trial_ends_at,
            "past_due_since": self.past_due_since,
        }


class Jobs:
    """The tasks that are enqueued here, set by `tasks.py`, which imports this."""

    cancel_doubled: Task | None = None


def read_customer(payments: Payments, customer_id: str, known_id: str) -> Reading:
    try:
        found = payments.list_subscriptions(customer_id)
    except PaymentsRefused as error:
        if error.code != "resource_missing":
            raise
        # The customer was deleted: there is nothing that would be paid.
        return Reading(None)
    paid = choose(found, known_id)
    since = None
    if paid is not None and paid.status == PAST_DUE:
        since = payments.find_past_due_since(paid.id) or paid.period_starts_at
    doubled = [one.id for one in found if one is not paid and one.status in ALIVE and _counts(one)]
    return Reading(paid, since, tuple(doubled))


def choose(found: list[PaidSubscription], known_id: str) -> PaidSubscription | None:
    """Of several the one in best order, the one that is known, the one that was there first."""

    def rank(one: PaidSubscription) -> tuple[bool, bool, bool, float, str]:
        age = one.created_at.timestamp()
        is_alive = one.status in ALIVE
        good = one.status in GOOD or one.status == PAST_DUE
        return not good, not is_alive, one.id != known_id, age if is_alive else -age, one.id

    return min(found, key=rank, default=None)


def _counts(one: PaidSubscription) -> bool:
    """One whose first payment was never made ends by itself."""
    return one.status != "incomplete"


def refresh(
    workspace_id: int, payments: Payments, settings: BillingSettings, now: datetime
) -> bool:
    """False where there is no customer, or another reading was faster. An entry point: it commits,
    as nothing may be held while Stripe takes its time.

    Raises:
        PaymentsUnavailable
    """
    row = find_row(workspace_id)
    if row is None or not row.customer_id:
        return False
    customer_id, known_id = row.customer_id, row.subscription_id
    ticket = take_ticket(workspace_id)
    db.session.commit()
    reading = read_customer(payments, customer_id, known_id)
    return store(workspace_id, customer_id, ticket, reading, settings, now)


def store(
    workspace_id: int,
    customer_id: str,
    ticket: int,
    reading: Reading,
    settings: BillingSettings,
    now: datetime,
) -> bool:
    lock_workspace(workspace_id)
    row = find_row(workspace_id)
    is_ours = row is not None and row.customer_id == customer_id
    if row is None or not is_ours or not take_reading(row, ticket, reading, now):
        db.session.rollback()
        return False
    workspace = db.session.get_one(Workspace, workspace_id, populate_existing=True)
    apply_decision(workspace, row, settings, now)
    for subscription_id in reading.doubled:
        _end_doubled(workspace, row, subscription_id)
    db.session.commit()
    return True


def take_reading(row: PlanSubscription, ticket: int, reading: Reading, now: datetime) -> bool:
    """False where a later reading is stored already: it has at least what this one has."""
    if row.read_ticket > ticket:
        return False
    row.read_ticket, row.read_at = ticket, now
    for name, value in reading.facts().items():
        setattr(row, name, value)
    row.had_trial = row.had_trial or bool(reading.paid and reading.paid.had_trial)
    return True


def _end_doubled(workspace: Workspace, row: PlanSubscription, subscription_id: str) -> None:
    alarm_operators(
        workspace,
        f"doubled:{subscription_id}",
        f"The customer {row.customer_id} has a second subscription, {subscription_id}, beside "
        f"{row.subscription_id}. It is canceled now; refund what was paid for it.",
    )
    if Jobs.cancel_doubled is not None:
        key = f"doubled:{subscription_id}"
        enqueue(Jobs.cancel_doubled, workspace.id, subscription_id, unique=key)
