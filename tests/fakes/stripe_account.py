"""What an account of Stripe keeps, and how it changes: by its API, by its customers at the hosted
page, by its owner in the dashboard, and by time. Shapes are those of API 2026-10-28.
"""

import copy
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Wire = dict[str, Any]

MONTH = 30 * 86_400
STARTER, GROWTH, SCALE, METERED = "price_starter", "price_growth", "price_scale", "price_scan"
METER = "pitchbar_scans"
LIVE = ("active", "trialing", "past_due", "unpaid", "incomplete", "paused")


class Refusal(Exception):
    """What the API answers in place of a result."""

    def __init__(self, message: str, *, status: int = 400, code: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "type": kind or "invalid_request_error", "code": code}


@dataclass
class Account:
    """`skew` is how many seconds this clock is ahead of the machine's; `advance` moves it on."""

    currency: str = "usd"
    skew: float = 0
    objects: dict[str, Wire] = field(default_factory=dict)
    events: list[Wire] = field(default_factory=list)
    meter_events: dict[str, Wire] = field(default_factory=dict)
    on_event: Callable[[Wire], None] = lambda _event: None
    prorated_at: list[int] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    kept: dict[str, tuple[str, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        amounts = {STARTER: 1900, GROWTH: 7900, SCALE: 24900, "price_old": 1500, "price_new": 4200}
        for price_id, amount in amounts.items():
            self.add_price(price_id, amount)
        self.add_price(METERED, 1, metered=True)
        self._keep({"id": "mtr_1", "object": "billing.meter", "event_name": METER})

    @property
    def now(self) -> int:
        return int(time.time() + self.skew)

    def add_price(self, price_id: str, amount: int, *, metered: bool = False) -> None:
        usage = "metered" if metered else "licensed"
        recurring = {"interval": "month", "interval_count": 1, "usage_type": usage}
        self._keep({"id": price_id, "object": "price", "unit_amount": amount,
                    "currency": self.currency, "recurring": recurring})  # fmt: skip

    def get(self, object_id: str, kind: str = "") -> Wire:
        found = self.objects.get(object_id)
        if found is None or (kind and found["object"] != kind):
            raise Refusal(f"No such {kind or 'object'}: '{object_id}'", status=404,
                          code="resource_missing")  # fmt: skip
        return found

    def all(self, kind: str, **fields: Any) -> list[Wire]:
        """The newest first."""
        found = [one for one in self.objects.values() if one["object"] == kind]
        return [one for one in reversed(found) if all(one.get(k) == v for k, v in fields.items())]

    def once(self, key: str, asked: Any, act: Callable[[], Wire]) -> Wire:
        """The same key is the same act; what it was refused is refused again."""
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        if key not in self.kept:
            try:
                result: Any = copy.deepcopy(act())
            except Refusal as refusal:
                result = refusal
            self.kept[key] = (digest, result)
        known, result = self.kept[key]
        if known != digest:
            raise Refusal("Keys for idempotent requests can only be used with the same parameters",
                          kind="idempotency_error")  # fmt: skip
        if isinstance(result, Refusal):
            raise result
        return copy.deepcopy(result)

    # Customers

    def create_customer(self, params: Wire) -> Wire:
        made = {**self._new("cus", "customer"), "currency": None, "card": "", **params}
        return self._told("customer.created", self._keep(made))

    def find_customer(self, customer_id: str) -> Wire:
        if customer_id in self.gone:
            return {"id": customer_id, "object": "customer", "deleted": True}
        return self.get(customer_id, "customer")

    def delete_customer(self, customer_id: str) -> None:
        for one in self.all("subscription", customer=customer_id):
            if one["status"] in LIVE:
                self.cancel(one["id"])
        gone = self.objects.pop(customer_id)
        self.gone.add(customer_id)
        self._tell("customer.deleted", gone)

    # Checkout

    def create_session(self, params: Wire) -> Wire:
        self.get(params["customer"], "customer")
        for line in params["line_items"]:
            self.get(line["price"], "price")
        if "{CHECKOUT_SESSION_ID}" not in params["success_url"]:
            raise Refusal("The tests want to come back with the session's id.")
        made = self._new("cs_test", "checkout.session")
        made |= {"status": "open", "subscription": None, "url": f"/pay/{made['id']}", **params}
        return self._keep(made)

    def expire_session(self, session_id: str) -> Wire:
        session = self.get(session_id, "checkout.session")
        if session["status"] != "open":
            raise Refusal("Only Checkout Sessions with a status of open can be expired.")
        session |= {"status": "expired", "url": None}
        return self._told("checkout.session.expired", session)

    def complete(self, session_id: str, *, card: str = "ok") -> Wire:
        """As somebody at the hosted page; `card` is "ok", "declined" or "" for none. Raises Refusal
        where the page would not let it through.
        """
        session = self.get(session_id, "checkout.session")
        if session["status"] != "open":
            raise Refusal("This session is over.")
        data = session.get("subscription_data") or {}
        days = int(data.get("trial_period_days") or 0)
        if card == "declined":
            raise Refusal("Your card was declined.", status=402, code="card_declined",
                          kind="card_error")  # fmt: skip
        if not card and not (days and session.get("payment_method_collection") == "if_required"):
            raise Refusal("A card is needed.")
        prices = [line["price"] for line in session["line_items"]]
        made = self.subscribe(session["customer"], prices, days=days, card=card,
                              metadata=data.get("metadata") or {})  # fmt: skip
        session |= {"status": "complete", "url": None, "subscription": made["id"]}
        self._tell("checkout.session.completed", session)
        return made

    # Subscriptions

    def subscribe(
        self, customer: str, prices: list[str], *, days: int = 0, card: str = "ok",
        metadata: Wire | None = None,
    ) -> Wire:  # fmt: skip
        owner = self.get(customer, "customer")
        if owner["currency"] not in (None, self.get(prices[0])["currency"]):
            raise Refusal("You cannot combine currencies on a single customer.")
        owner |= {"currency": self.get(prices[0])["currency"], "card": card or owner["card"]}
        made, until = self._new("sub", "subscription"), self.now + (days * 86_400 or MONTH)
        made |= {
            "customer": customer, "status": "trialing" if days else "active",
            "currency": owner["currency"], "metadata": metadata or {}, "cancel_at": None,
            "cancel_at_period_end": False, "canceled_at": None, "ended_at": None,
            "trial_start": self.now if days else None, "trial_end": until if days else None,
            "latest_invoice": None, "pending_update": None,
            "items": {"object": "list", "data": [self._item(one, until) for one in prices]},
        }  # fmt: skip
        self._keep(made)
        self._tell("customer.subscription.created", made)
        if not days:
            self._bill(made, "paid")
        return made

    def update(self, subscription_id: str, params: Wire) -> Wire:
        one = self.get(subscription_id, "subscription")
        if one["status"] in ("canceled", "incomplete_expired"):
            raise Refusal("A canceled subscription can only update its cancellation_details.")
        if "cancel_at_period_end" in params:
            ends = params["cancel_at_period_end"] == "true"
            one["cancel_at_period_end"] = ends
            one["cancel_at"] = self._plan_item(one)["current_period_end"] if ends else None
        for item in params.get("items") or []:
            self._change_item(one, item, params)
        return self._told("customer.subscription.updated", one)

    def cancel(self, subscription_id: str, params: Wire | None = None) -> Wire:
        one = self.get(subscription_id, "subscription")
        if one["status"] == "canceled":
            raise Refusal(f"No such subscription: '{subscription_id}'", status=404)
        one |= {"status": "canceled", "ended_at": self.now, "canceled_at": self.now}
        one["cancellation_details"] = (params or {}).get("cancellation_details") or {}
        return self._told("customer.subscription.deleted", one)

    def preview(self, params: Wire) -> Wire:
        one = self.get(params["subscription"], "subscription")
        details = params["subscription_details"]
        item = details["items"][0]
        lines = self._proration(one, item["price"], int(details["proration_date"]))
        total = sum(line["amount"] for line in lines)
        return {"id": "upcoming_in", "object": "invoice", "currency": one["currency"],
                "lines": {"object": "list", "data": lines}, "total": total,
                "amount_due": max(0, total), "total_taxes": []}  # fmt: skip

    # By time, by banks, and by whoever sits in the dashboard

    def advance(self, seconds: float) -> None:
        self.skew += seconds
        for one in self.all("subscription"):
            ends = self._plan_item(one)["current_period_end"]
            if one["status"] in ("active", "trialing", "past_due") and ends <= self.now:
                self.renew(one["id"])

    def renew(self, subscription_id: str) -> None:
        """A period, or a trial, is over; the bank answers as the customer's card does."""
        one = self.get(subscription_id, "subscription")
        card = self.get(one["customer"])["card"]
        if one["cancel_at_period_end"] or (one["status"] == "trialing" and not card):
            self.cancel(subscription_id)
            return
        for item in one["items"]["data"]:
            item |= {"current_period_start": self.now, "current_period_end": self.now + MONTH}
        paid = card == "ok"
        self._bill(one, "paid" if paid else "open")
        one["status"] = "active" if paid else "past_due"
        self._tell("customer.subscription.updated", one)

    def pay(self, subscription_id: str) -> None:
        """What was open is paid."""
        one = self.get(subscription_id, "subscription")
        self.get(one["customer"])["card"] = "ok"
        for invoice in self.all("invoice", subscription=subscription_id, status="open"):
            invoice |= {"status": "paid", "amount_remaining": 0}
            self._tell("invoice.paid", invoice)
        if one["pending_update"]:
            item = one["pending_update"]["subscription_items"][0]
            one["pending_update"] = None
            self._plan_item(one)["price"] = self.get(item["price"])
        one["status"] = "active"
        self._tell("customer.subscription.updated", one)

    def set_status(self, subscription_id: str, status: str) -> None:
        """As rules for unpaid invoices do in the end."""
        one = self.get(subscription_id, "subscription")
        one["status"] = status
        self._tell("customer.subscription.updated", one)

    def set_price(self, subscription_id: str, price_id: str) -> None:
        one = self.get(subscription_id, "subscription")
        self._plan_item(one)["price"] = self.get(price_id)
        self._tell("customer.subscription.updated", one)

    # Meters

    def add_meter_event(self, params: Wire) -> Wire:
        at = int(params.get("timestamp") or self.now)
        if not self.now - 35 * 86_400 <= at <= self.now + 300:
            code = "timestamp_in_future" if at > self.now else "timestamp_too_far_in_past"
            raise Refusal("The timestamp is not within the window.", code=code)
        if params["identifier"] in self.meter_events:
            raise Refusal("An event already exists with this identifier.",
                          code="duplicate_meter_event")  # fmt: skip
        made = {"object": "billing.meter_event", **params, "timestamp": at}
        self.meter_events[params["identifier"]] = made
        return made

    def count_units(self, customer: str, start: int = 0, end: int = 60 * 2**34) -> int:
        if start % 60 or end % 60:
            raise Refusal("Times must be aligned with minute boundaries.")
        return sum(
            int(one["payload"]["value"])
            for one in self.meter_events.values()
            if one["payload"]["stripe_customer_id"] == customer and start <= one["timestamp"] < end
        )

    # Inside

    def _change_item(self, one: Wire, item: Wire, params: Wire) -> None:
        price = self.get(item["price"], "price")
        if "id" not in item:
            ends = self._plan_item(one)["current_period_end"]
            one["items"]["data"].append(self._item(price["id"], ends))
            return
        if price["currency"] != one["currency"]:
            raise Refusal("The price's currency does not match the subscription's.")
        mine = next(have for have in one["items"]["data"] if have["id"] == item["id"])
        lines = self._proration(one, price["id"], int(params.get("proration_date") or self.now))
        total = sum(line["amount"] for line in lines)
        card = self.get(one["customer"])["card"]
        if total > 0 and card != "ok":
            self._bill(one, "open", total)
            one["pending_update"] = {"subscription_items": [{"price": price["id"]}]}
            return
        if lines:
            self._bill(one, "paid", total)
        mine["price"] = price

    def _proration(self, one: Wire, price_id: str, at: int) -> list[Wire]:
        if one["status"] == "trialing":
            return []
        self.prorated_at.append(at)
        item = self._plan_item(one)
        span = item["current_period_end"] - item["current_period_start"]
        left = max(0, item["current_period_end"] - at) / span
        old, new = item["price"], self.get(price_id)
        sides = ((-old["unit_amount"], f"Unused time on {_named(old['id'])}"),
                 (new["unit_amount"], f"Remaining time on {_named(new['id'])}"))  # fmt: skip
        parent = {"type": "subscription_item_details",
                  "subscription_item_details": {"proration": True}}  # fmt: skip
        return [
            {"object": "line_item", "description": words, "amount": round(amount * left),
             "parent": parent}
            for amount, words in sides
        ]  # fmt: skip

    def _bill(self, one: Wire, status: str, total: int | None = None) -> None:
        amount = self._plan_item(one)["price"]["unit_amount"] if total is None else total
        made = self._new("in", "invoice")
        made |= {
            "customer": one["customer"], "subscription": one["id"], "status": status,
            "number": f"PB-{len(self.all('invoice')) + 1:04}", "currency": one["currency"],
            "total": amount, "amount_due": amount,
            "amount_remaining": amount if status == "open" else 0,
            "hosted_invoice_url": f"https://pay.stripe.example/{made['id']}",
            "invoice_pdf": f"https://pay.stripe.example/{made['id']}.pdf",
        }  # fmt: skip
        self._keep(made)
        one["latest_invoice"] = made["id"]
        self._tell("invoice.paid" if status == "paid" else "invoice.payment_failed", made)

    def _item(self, price_id: str, until: int) -> Wire:
        made = self._new("si", "subscription_item")
        price = self.get(price_id, "price")
        return made | {"price": price, "quantity": 1, "current_period_start": self.now,
                       "current_period_end": until}  # fmt: skip

    def _plan_item(self, one: Wire) -> Wire:
        items: list[Wire] = one["items"]["data"]
        return next(item for item in items if item["price"]["id"] != METERED)

    def _new(self, prefix: str, kind: str) -> Wire:
        return {"id": f"{prefix}_{next(self.numbers):06}", "object": kind, "created": self.now}

    def _keep(self, made: Wire) -> Wire:
        self.objects[made["id"]] = made
        return made

    def _told(self, name: str, about: Wire) -> Wire:
        self._tell(name, about)
        return about

    def _tell(self, name: str, about: Wire) -> None:
        event = {**self._new("evt", "event"), "type": name, "api_version": "2026-10-28.endive",
                 "data": {"object": copy.deepcopy(about)}}  # fmt: skip
        self.events.append(event)
        self.on_event(event)


def _named(price_id: str) -> str:
    """As products are named that prices belong to."""
    return price_id.removeprefix("price_").capitalize()
