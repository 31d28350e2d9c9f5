"""Whether plans can be paid for: keys, prices, events that come in, and the portal."""

import json
import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select

from pitchbar.billing.connecting import find_payments
from pitchbar.billing.models import BillingEvent, PlanSubscription
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.outbound import OutboundError, send
from pitchbar.clients.outbound_addresses import pair_of
from pitchbar.clients.payments import Payments, sign_event
from pitchbar.clients.payments_errors import PaymentsError, PaymentsRefused
from pitchbar.core import clock
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, skipped, warning
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.plans import find_plan

_PATH = "/billing/webhook"
_UNSOLD = skipped("STRIPE_SECRET_KEY is not set: nothing is sold here, and pages say so.")
_PROBE = "release_check"
_LATE = timedelta(minutes=15)


def look_at_keys(_: Circumstances) -> Finding:
    payments = find_payments(current_settings())
    if payments is None:
        return _UNSOLD
    try:
        # One that is not there: all that counts is that we may ask.
        payments.has_customer(f"cus_{_PROBE}")
    except PaymentsError as error:
        return failed(
            f"{error.message} {error}",
            "Look at STRIPE_SECRET_KEY in Stripe's dashboard, under Developers, API keys.",
        )
    key = current_settings()[BillingSettings].stripe_secret_key
    if "_test_" in key and current_settings().app_env == "production":
        return warning(
            "The key is one of Stripe's test mode: nobody really pays.",
            "Set the live secret key, and the live prices and webhook secret with it.",
        )
    return ok("Stripe takes our key.")


def look_at_prices(_: Circumstances) -> Finding:
    payments = find_payments(current_settings())
    if payments is None:
        return _UNSOLD
    own = current_settings()[BillingSettings]
    unknown, unnamed = [], []
    for plan, ids in own.prices.items():
        if not ids:
            unnamed.append(f"STRIPE_PRICE_{plan.upper()}")
        unknown += [one for one in ids if not _is_price(payments, one)]
    if own.stripe_price_metered_scan and not _is_price(payments, own.stripe_price_metered_scan):
        unknown.append(own.stripe_price_metered_scan)
    if unknown:
        return failed(
            f"Stripe does not know {', '.join(unknown)}.",
            "Copy the ids of the prices from Stripe's dashboard; those of test and live mode "
            "differ. Who buys meanwhile gets an error.",
        )
    if unnamed:
        return warning(
            f"{' and '.join(unnamed)} {'is' if len(unnamed) == 1 else 'are'} not set: these plans "
            "cannot be bought.",
            "Make a monthly price for each plan in Stripe's dashboard, and name it here.",
        )
    names = ", ".join(find_plan(plan).name for plan in own.prices)
    return ok(f"Stripe knows the prices of {names}.")


def _is_price(payments: Payments, price_id: str) -> bool:
    try:
        payments.read_price(price_id)
    except PaymentsRefused:
        return False
    return True


def look_at_webhooks(circumstances: Circumstances) -> Finding:
    payments = find_payments(current_settings())
    if payments is None:
        return _UNSOLD
    keys = current_settings()[BillingSettings].stripe_webhook_secret
    address = f"{current_settings().app_url}{_PATH}"
    if not keys:
        return failed(
            "STRIPE_WEBHOOK_SECRET is not set: no event of Stripe is taken.",
            f"Make a webhook endpoint at {address} in Stripe's dashboard, and set its secret.",
        )
    if refusal := _send_event(circumstances.url, keys[0]):
        return failed(
            f"A signed event does not come in at {circumstances.url}{_PATH}: {refusal}.",
            "The address must be reached from outside, pass the body on as it is, and know the "
            "same STRIPE_WEBHOOK_SECRET in every web process.",
        )
    try:
        told = payments.list_webhook_urls()
    except PaymentsError as error:
        return warning(
            f"A signed event comes in. Where Stripe sends its own, it does not tell: {error}",
            f"Let the key read webhook endpoints, or look there for {address} yourself.",
        )
    if address not in told:
        where = ", ".join(told) or "nowhere"
        return failed(
            f"An event that we sent came in, but Stripe sends its own elsewhere ({where}).",
            f"Make a webhook endpoint at {address} in Stripe's dashboard.",
        )
    late = BillingEvent.received_at < clock.now() - _LATE
    waiting = select(func.count()).where(BillingEvent.handled_at.is_(None), late)
    if count := db.session.scalar(waiting):
        return failed(
            f"Events come in, and {count} of them wait to be acted upon.",
            "Is there a worker on default? Look at the failed jobs with task:billing.",
        )
    return ok(f"A signed event came in, and Stripe sends its own to {address}. {_last()}")


def _last() -> str:
    at = db.session.scalar(select(func.max(BillingEvent.received_at)))
    return f"The last came {at:%Y-%m-%d %H:%M} UTC." if at else "None has come yet."


def _send_event(url: str, secret: str) -> str:
    """Why an event of ours was not taken; empty where it was. Its row goes again."""
    event_id = f"evt_{_PROBE}_{secrets.token_hex(8)}"
    event = {
        "id": event_id,
        "type": f"pitchbar.{_PROBE}",
        "created": int(clock.now().timestamp()),
        "data": {"object": {}},
    }
    body = json.dumps(event)
    headers = [
        ("Content-Type", "application/json"),
        ("Stripe-Signature", sign_event(body, secret)),
    ]
    target = f"{url}{_PATH}"
    try:
        answer = send(
            "POST", target, headers=headers, content=body.encode(), allow=frozenset({pair_of(url)})
        )
    except OutboundError as error:
        return str(error).rstrip(".")
    if answer.status != 200:
        return f"the answer was {answer.status}"
    found = changed_rows(db.session, delete(BillingEvent).where(BillingEvent.event_id == event_id))
    db.session.commit()
    return "" if found else "another installation took it"


def look_at_portal(_: Circumstances) -> Finding:
    settings = current_settings()
    payments = find_payments(settings)
    if payments is None:
        return _UNSOLD
    customers = select(PlanSubscription.customer_id).where(
        PlanSubscription.customer_id.is_not(None)
    )
    customer_id = db.session.scalar(customers.order_by(PlanSubscription.workspace_id).limit(1))
    if customer_id is None:
        return skipped("No workspace is a customer of Stripe yet, and the portal opens for those.")
    try:
        url = payments.create_portal(customer_id, settings.app_url)
    except PaymentsError as error:
        return failed(
            f"The portal does not open: {error}.",
            "Switch the customer portal on in Stripe's dashboard, under Settings, Billing, in the "
            "mode (test or live) of the key.",
        )
    if not url.startswith(("https://", "http://127.0.0.1")):
        return failed(f"The portal opens at {url}, which is no address.", "Ask Stripe's support.")
    return ok("The portal opens, and leads back to this installation.")


CHECKS = (
    Check("stripe-keys", "Stripe's keys", "Outside services", look_at_keys),
    Check("stripe-prices", "Stripe's prices", "Outside services", look_at_prices),
    Check("stripe-webhooks", "Stripe's events", "Outside services", look_at_webhooks),
    Check("stripe-portal", "Stripe's portal", "Outside services", look_at_portal),
)
