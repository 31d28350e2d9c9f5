"""Stripe, as far as workspaces pay by it. Nothing else imports its library, which takes 0.2 s and
is therefore loaded when it is first needed.

Every call has a time limit and is tried twice; what changes something carries a key, so that the
second try finds what the first one did. https://docs.stripe.com/api
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from pitchbar.clients import payments_wire as wire
from pitchbar.clients.payments_errors import PaymentsRefused, translated
from pitchbar.clients.payments_wire import (
    Checkout,
    InvoicePage,
    PaidSubscription,
    Preview,
    Price,
)

_TRIES_MORE = 1
# How old a signed message may be: one that somebody kept is refused.
_TOLERANCE_SECONDS = 300


class ForgedEvent(Exception):
    """Not signed by Stripe for this installation, or too old."""


class Payments:
    """One account of Stripe. `metered_price` tells the items of scans beyond a plan."""

    def __init__(self, client: Any, metered_price: str = "", meter_event: str = "") -> None:
        self._client = client
        self._metered_price = metered_price
        self._meter_event = meter_event

    # Customers

    def create_customer(self, params: Mapping[str, Any], key: str) -> str:
        return str(self._ask(lambda v1: v1.customers.create(dict(params), _once(key)))["id"])

    def has_customer(self, customer_id: str) -> bool:
        """False for one that was deleted."""
        try:
            found = self._ask(lambda v1: v1.customers.retrieve(customer_id))
        except PaymentsRefused as error:
            if error.code != "resource_missing":
                raise
            return False
        return not found.get("deleted")

    # Checkout

    def create_checkout(self, params: Mapping[str, Any]) -> Checkout:
        made = self._ask(lambda v1: v1.checkout.sessions.create(dict(params)))
        return wire.read_checkout(made)

    def read_checkout(self, session_id: str) -> Checkout:
        return wire.read_checkout(self._ask(lambda v1: v1.checkout.sessions.retrieve(session_id)))

    def expire_checkout(self, session_id: str) -> bool:
        """False when it was completed or had expired before."""
        try:
            self._ask(lambda v1: v1.checkout.sessions.expire(session_id))
        except PaymentsRefused:
            return False
        return True

    def create_portal(self, customer_id: str, return_url: str) -> str:
        params = {"customer": customer_id, "return_url": return_url}
        return str(self._ask(lambda v1: v1.billing_portal.sessions.create(params))["url"])

    # Subscriptions

    def list_subscriptions(self, customer_id: str) -> list[PaidSubscription]:
        """All that the customer has or had, the newest first."""
        params = {
            "customer": customer_id,
            "status": "all",
            "limit": 100,
            "expand": ["data.latest_invoice"],
        }
        found = self._ask(lambda v1: v1.subscriptions.list(params))
        return [wire.read_subscription(one, self._metered_price) for one in found["data"]]

    def find_past_due_since(self, subscription_id: str) -> datetime | None:
        """When the first invoice was made that is still not paid."""
        params = {"subscription": subscription_id, "status": "open", "limit": 100}
        found = self._ask(lambda v1: v1.invoices.list(params))
        return min((wire.read_invoice(one).created_at for one in found["data"]), default=None)

    def preview_change(self, paid: PaidSubscription, price_id: str, at: datetime) -> Preview:
        params = {
            "customer": paid.customer_id,
            "subscription": paid.id,
            "subscription_details": {
                "items": [{"id": paid.item_id, "price": price_id, "quantity": 1}],
                "proration_behavior": "always_invoice",
                "proration_date": int(at.timestamp()),
            },
        }
        return wire.read_preview(self._ask(lambda v1: v1.invoices.create_preview(params)))

    def change_price(
        self, paid: PaidSubscription, price_id: str, at: datetime, key: str
    ) -> PaidSubscription:
        """Takes effect when it is paid: until then `is_pending`."""
        params = {
            "items": [{"id": paid.item_id, "price": price_id, "quantity": 1}],
            "proration_behavior": "always_invoice",
            "proration_date": int(at.timestamp()),
            "payment_behavior": "pending_if_incomplete",
            "expand": ["latest_invoice"],
        }
        return self._update(paid.id, params, key)

    def end_with_period(self, subscription_id: str, *, ends: bool) -> PaidSubscription:
        return self._update(subscription_id, {"cancel_at_period_end": ends})

    def add_metered_item(self, subscription_id: str, key: str) -> PaidSubscription:
        return self._update(subscription_id, {"items": [{"price": self._metered_price}]}, key)

    def cancel(self, subscription_id: str, comment: str = "", *, prorate: bool = False) -> bool:
        """At once; False when it was over before."""
        params: dict[str, Any] = {"prorate": prorate, "invoice_now": prorate}
        if comment:
            params["cancellation_details"] = {"comment": comment}
        try:
            self._ask(lambda v1: v1.subscriptions.cancel(subscription_id, params))
        except PaymentsRefused:
            return False
        return True

    # Prices and invoices

    def read_price(self, price_id: str) -> Price:
        return wire.read_price(self._ask(lambda v1: v1.prices.retrieve(price_id)))

    def list_invoices(
        self, customer_id: str, *, after: str = "", before: str = "", limit: int = 20
    ) -> InvoicePage:
        """The newest first; `after` and `before` are ids of invoices."""
        params: dict[str, Any] = {"customer": customer_id, "limit": limit}
        if after or before:
            params |= {"starting_after": after} if after else {"ending_before": before}
        found = self._ask(lambda v1: v1.invoices.list(params))
        rows = tuple(wire.read_invoice(one) for one in found["data"])
        return InvoicePage(rows, bool(found.get("has_more")))

    # Set-up

    def list_webhook_urls(self) -> list[str]:
        """Where Stripe sends events to, those that are switched off left out."""
        found = self._ask(lambda v1: v1.webhook_endpoints.list({"limit": 100}))["data"]
        return [str(one["url"]) for one in found if one.get("status") != "disabled"]

    # Scans beyond a plan

    def report_units(self, customer_id: str, units: int, identifier: str, at: datetime) -> None:
        """Under one identifier once, however often it is sent within a day. Where a clock is wrong,
        the units count as of now.
        """
        params: dict[str, Any] = {
            "event_name": self._meter_event,
            "identifier": identifier,
            "payload": {"stripe_customer_id": customer_id, "value": str(units)},
        }
        dated = params | {"timestamp": int(at.timestamp())}
        try:
            self._ask(lambda v1: v1.billing.meter_events.create(dated))
        except PaymentsRefused as error:
            if error.code == "duplicate_meter_event":
                return
            if "timestamp" not in error.code and "timestamp" not in str(error):
                raise
            self._ask(lambda v1: v1.billing.meter_events.create(params))

    def count_units(self, customer_id: str, since: datetime, until: datetime) -> int:
        """What Stripe has of a customer; both are whole minutes."""
        meters = self._ask(lambda v1: v1.billing.meters.list({"limit": 100}))["data"]
        meter = next((one for one in meters if one["event_name"] == self._meter_event), None)
        if meter is None:
            raise PaymentsRefused(f"Stripe has no meter named {self._meter_event}.")
        span = {"start_time": int(since.timestamp()), "end_time": int(until.timestamp())}
        found = self._ask(
            lambda v1: v1.billing.meters.event_summaries.list(
                meter["id"], {"customer": customer_id, **span}
            )
        )
        return round(sum(float(one["aggregated_value"]) for one in found["data"]))

    def _update(
        self, subscription_id: str, params: Mapping[str, Any], key: str = ""
    ) -> PaidSubscription:
        made = self._ask(
            lambda v1: v1.subscriptions.update(subscription_id, dict(params), _once(key))
        )
        return wire.read_subscription(made, self._metered_price)

    def _ask(self, call: Callable[[Any], Any]) -> dict[str, Any]:
        with translated():
            answer: dict[str, Any] = call(self._client.v1).to_dict()
            return answer


@lru_cache(maxsize=8)
def connect_payments(
    key: str, api_base: str, timeout: float, metered_price: str = "", meter_event: str = ""
) -> Payments:
    import stripe

    client = stripe.StripeClient(
        key,
        base_addresses={"api": api_base, "meter_events": api_base},
        max_network_retries=_TRIES_MORE,
        http_client=stripe.RequestsClient(timeout=(min(3.05, timeout), timeout)),
    )
    return Payments(client, metered_price, meter_event)


def verify_event(body: bytes, signature: str, secrets: Sequence[str]) -> dict[str, Any]:
    """The event, once one of the secrets proves it. Raises ForgedEvent."""
    import stripe

    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, _TOLERANCE_SECONDS)
            event = json.loads(body)
        except (stripe.SignatureVerificationError, ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            return event
    raise ForgedEvent


def sign_event(body: str, secret: str) -> str:
    """The header that `verify_event` takes, for an event that is sent to ourselves."""
    import stripe

    return str(stripe.WebhookSignature.generate_signature_header(body, secret))


def _once(key: str) -> Any:
    return {"idempotency_key": key} if key else {}
