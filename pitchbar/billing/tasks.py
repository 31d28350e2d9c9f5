from pitchbar.billing import events, reading
from pitchbar.billing.connecting import find_payments
from pitchbar.billing.due import apply_due_changes as apply_due
from pitchbar.billing.due import ask_what_is_late
from pitchbar.billing.ending import end_customer, end_doubled
from pitchbar.billing.events import sweep_events, trim_events
from pitchbar.billing.meter_sending import collect_units, send_batches
from pitchbar.billing.settings import BillingSettings
from pitchbar.billing.syncing import sync_all
from pitchbar.clients.payments import Payments
from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable, decrypt
from pitchbar.extensions import db
from pitchbar.jobs import Fail, Queue, every, task
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=8, first_wait=5, cap=1800, timeout=60, unique_until="start")
def handle_billing_event(row_id: int) -> None:
    """Makes ours what Stripe has, on the occasion of an event."""
    payments = _payments()
    settings = current_settings()[BillingSettings]
    events.handle_event(row_id, payments, settings, clock.now())


@task(queue=Queue.DEFAULT, tries=12, first_wait=10, cap=3600, timeout=60)
def cancel_doubled_subscription(workspace_id: int, subscription_id: str) -> None:
    """Ends a second subscription of a workspace."""
    end_doubled(workspace_id, subscription_id, _payments())


@task(queue=Queue.DEFAULT, tries=20, first_wait=10, cap=7200, timeout=120, secret=["customer"])
def end_purged_customer(customer: str) -> None:
    """Cancels what a workspace paid for that is gone."""
    try:
        customer_id = decrypt(customer, current_settings().app_keys)
    except Unreadable:
        raise Fail("the customer cannot be read: APP_KEY was replaced since") from None
    end_customer(customer_id, _payments())


@task(queue=Queue.DEFAULT, tries=1, timeout=600, schedule=every.hour_at(10))
def apply_due_changes() -> None:
    """What time alone changes: ends of grace, notices of trials, news that never came."""
    settings = current_settings()
    payments, now = find_payments(settings), clock.now()
    if payments is None:
        return
    apply_due(settings[BillingSettings], now)
    ask_what_is_late(payments, settings[BillingSettings], now)


@task(queue=Queue.DEFAULT, tries=1, timeout=600, schedule=every.hour_at(17))
def report_scans() -> None:
    """Scans beyond plans are written down as batches, and sent until Stripe has them."""
    settings = current_settings()
    payments = find_payments(settings)
    if payments is None:
        return
    if settings[BillingSettings].meters_scans:
        collect_units(clock.now())
    send_batches(payments, clock.now())


@task(queue=Queue.DEFAULT, tries=1, schedule=every.minutes(5), missed="skip")
def sweep_billing_events() -> None:
    """Calls again for events whose jobs failed while Stripe was away."""
    if find_payments(current_settings()) is not None:
        sweep_events(clock.now())
        db.session.commit()


@task(queue=Queue.DEFAULT, schedule=every.day_at("03:35"))
def trim_billing_events() -> None:
    trim_events(clock.now(), current_settings()[BillingSettings].billing_event_days)
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=1, timeout=3000, schedule=every.day_at("03:45"))
def sync_billing() -> None:
    """Every night, for what no event told."""
    settings = current_settings()
    payments = find_payments(settings)
    if payments is not None:
        sync_all(payments, settings[BillingSettings], clock.now())


def _payments() -> Payments:
    payments = find_payments(current_settings())
    if payments is None:
        raise Fail("STRIPE_SECRET_KEY is not set")
    return payments


events.Jobs.handle = handle_billing_event
reading.Jobs.cancel_doubled = cancel_doubled_subscription
