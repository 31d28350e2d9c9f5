"""Subscriptions that have to end at Stripe: doubled ones, and those of workspaces that are gone."""

from pitchbar.billing.deciding import ALIVE
from pitchbar.billing.rows import find_row
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsRefused
from pitchbar.extensions import db

_DOUBLED = "A second subscription of the same workspace; its payment is to be refunded."
_GONE = "The workspace was deleted."


def end_doubled(workspace_id: int, subscription_id: str, payments: Payments) -> bool:
    """False where it is the one that counts by now. What was paid for it is credited."""
    row = find_row(workspace_id)
    kept = row is None or row.subscription_id == subscription_id
    db.session.rollback()
    if kept:
        return False
    return payments.cancel(subscription_id, _DOUBLED, prorate=True)


def end_customer(customer_id: str, payments: Payments) -> int:
    """Cancels all that a customer still has, at once; returns how many. Invoices stay at Stripe,
    as the law wants it.
    """
    try:
        found = payments.list_subscriptions(customer_id)
    except PaymentsRefused as error:
        if error.code != "resource_missing":
            raise
        return 0
    return sum(payments.cancel(one.id, _GONE) for one in found if one.status in ALIVE)
