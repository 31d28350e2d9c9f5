"""What the plans cost: as Stripe says, kept for a while; our own list where it does not answer."""

import logging
import threading
import time
from dataclasses import dataclass

from babel.numbers import format_currency, get_currency_precision

from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsError
from pitchbar.clients.payments_wire import Price
from pitchbar.workspaces.plans import FREE, GROWTH, SCALE, STARTER

log = logging.getLogger(__name__)

# In US cents a month; what is charged is Stripe's price alone.
LIST_PRICES = {FREE: 0, STARTER: 1900, GROWTH: 7900, SCALE: 24900}

_KEEP_SECONDS, _FAILED_SECONDS = 900.0, 60.0
_kept: dict[str, tuple[float, Price | None]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class ShownPrice:
    """`amount` as people read it, such as "$19"; `per` is "month" or "year"."""

    amount: str
    per: str = "month"


def show_price(plan: str, payments: Payments | None, settings: BillingSettings) -> ShownPrice:
    price_id = settings.sold_price(plan)
    price = _read(price_id, payments) if payments and price_id else None
    if price is None or price.amount is None:
        return ShownPrice(money(LIST_PRICES.get(plan, 0), "usd"))
    return ShownPrice(money(price.amount, price.currency), price.interval)


def money(minor: int, currency: str) -> str:
    """ "$19" or "€1,234.50", with cents only where there are some."""
    code = currency.upper() or "USD"
    digits = get_currency_precision(code)
    amount = minor / 10**digits
    if minor % 10**digits == 0:
        text = format_currency(amount, code, format="¤#,##0", locale="en", currency_digits=False)
    else:
        text = format_currency(amount, code, locale="en")
    return str(text).replace("-", "\u2212")


def _read(price_id: str, payments: Payments) -> Price | None:
    key, now = f"{id(payments)}:{price_id}", time.monotonic()
    with _lock:
        known = _kept.get(key)
    if known and now < known[0]:
        return known[1]
    price: Price | None
    try:
        price = payments.read_price(price_id)
    except PaymentsError as error:
        log.warning("a price of Stripe could not be read: %s", error)
        price, until = known[1] if known else None, now + _FAILED_SECONDS
    else:
        until = now + _KEEP_SECONDS
    with _lock:
        _kept[key] = (until, price)
    return price
