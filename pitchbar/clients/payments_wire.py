"""What Stripe answers, as far as it is used here. Money is in minor units of its currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Wire = Mapping[str, Any]

# Their subscription is over, or never began.
ENDED = ("canceled", "incomplete_expired")


@dataclass(frozen=True)
class PaidSubscription:
    """`item_id` and `price_id` are those of the plan, `metered_item_id` of scans beyond it."""

    id: str
    customer_id: str
    status: str
    created_at: datetime
    currency: str
    item_id: str
    price_id: str
    metered_item_id: str
    period_starts_at: datetime | None
    period_ends_at: datetime | None
    cancels_at: datetime | None
    trial_ends_at: datetime | None
    had_trial: bool
    payment_url: str
    """Where an open invoice of the subscription is paid; empty where nothing is open."""
    is_pending: bool
    """A change waits for its payment; what is told here is the state before."""

    @property
    def is_over(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True)
class Checkout:
    """`status` is "open", "complete" or "expired"."""

    id: str
    customer_id: str
    status: str
    url: str
    subscription_id: str


@dataclass(frozen=True)
class Price:
    """`interval` is "month" or "year"; `amount` is None where Stripe computes it in tiers."""

    id: str
    amount: int | None
    currency: str
    interval: str


@dataclass(frozen=True)
class PreviewLine:
    words: str
    amount: int


@dataclass(frozen=True)
class Preview:
    """What a change would be charged: `due_now` at once, below zero where something is credited."""

    currency: str
    lines: tuple[PreviewLine, ...]
    tax: int
    due_now: int


@dataclass(frozen=True)
class Invoice:
    """`status` is "draft", "open", "paid", "uncollectible" or "void"."""

    id: str
    number: str
    status: str
    created_at: datetime
    total: int
    due: int
    currency: str
    hosted_url: str
    pdf_url: str


@dataclass(frozen=True)
class InvoicePage:
    items: tuple[Invoice, ...]
    has_more: bool


def read_subscription(raw: Wire, metered_price: str) -> PaidSubscription:
    items = (raw.get("items") or {}).get("data") or []
    plan: Wire = next((one for one in items if price_of(one) != metered_price), {})
    metered: Wire = next(
        (one for one in items if metered_price and price_of(one) == metered_price), {}
    )
    ends = plan.get("current_period_end") or raw.get("current_period_end")
    starts = plan.get("current_period_start") or raw.get("current_period_start")
    cancels = raw.get("cancel_at") or (ends if raw.get("cancel_at_period_end") else None)
    invoice = raw.get("latest_invoice")
    open_invoice: Wire = invoice if isinstance(invoice, Mapping) else {}
    is_open = open_invoice.get("status") == "open"
    return PaidSubscription(
        id=str(raw["id"]),
        customer_id=id_of(raw.get("customer")),
        status=str(raw.get("status") or ""),
        created_at=moment(raw.get("created")) or datetime.fromtimestamp(0, UTC),
        currency=str(raw.get("currency") or ""),
        item_id=str(plan.get("id") or ""),
        price_id=price_of(plan),
        metered_item_id=str(metered.get("id") or ""),
        period_starts_at=moment(starts),
        period_ends_at=moment(ends),
        cancels_at=moment(cancels),
        trial_ends_at=moment(raw.get("trial_end")),
        had_trial=bool(raw.get("trial_start") or raw.get("trial_end")),
        payment_url=web_address(open_invoice.get("hosted_invoice_url")) if is_open else "",
        is_pending=bool(raw.get("pending_update")),
    )


def read_checkout(raw: Wire) -> Checkout:
    return Checkout(
        id=str(raw["id"]),
        customer_id=id_of(raw.get("customer")),
        status=str(raw.get("status") or ""),
        url=str(raw.get("url") or ""),
        subscription_id=id_of(raw.get("subscription")),
    )


def read_price(raw: Wire) -> Price:
    recurring = raw.get("recurring") or {}
    return Price(
        id=str(raw["id"]),
        amount=raw.get("unit_amount"),
        currency=str(raw.get("currency") or ""),
        interval=str(recurring.get("interval") or "month"),
    )


def read_preview(raw: Wire) -> Preview:
    """Only what the change itself costs: the renewal that Stripe puts below it is left out."""
    lines = tuple(
        PreviewLine(str(line.get("description") or ""), int(line.get("amount") or 0))
        for line in (raw.get("lines") or {}).get("data") or []
        if is_proration(line)
    )
    taxes = raw.get("total_taxes") or []
    return Preview(
        currency=str(raw.get("currency") or ""),
        lines=lines,
        tax=sum(int(one.get("amount") or 0) for one in taxes),
        due_now=int(raw.get("total") or 0),
    )


def read_invoice(raw: Wire) -> Invoice:
    return Invoice(
        id=str(raw["id"]),
        number=str(raw.get("number") or ""),
        status=str(raw.get("status") or ""),
        created_at=moment(raw.get("created")) or datetime.fromtimestamp(0, UTC),
        total=int(raw.get("total") or 0),
        due=int(raw.get("amount_remaining") or 0),
        currency=str(raw.get("currency") or ""),
        hosted_url=web_address(raw.get("hosted_invoice_url")),
        pdf_url=web_address(raw.get("invoice_pdf")),
    )


def is_proration(line: Wire) -> bool:
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("proration"))


def web_address(value: Any) -> str:
    """What a page may link to."""
    text = str(value or "")
    return text if text.startswith(("https://", "http://127.0.0.1")) else ""


def price_of(item: Wire) -> str:
    return id_of(item.get("price"))


def id_of(value: Any) -> str:
    """Of what Stripe names by its id, or gives as a whole."""
    if isinstance(value, Mapping):
        return str(value.get("id") or "")
    return str(value or "")


def moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
