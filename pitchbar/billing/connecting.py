"""The one way to Stripe, and its errors as people read them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pitchbar.billing.errors import BillingNotConfigured, BillingRefused, BillingUnavailable
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments, connect_payments
from pitchbar.clients.payments_errors import PaymentDeclined, PaymentsRefused, PaymentsUnavailable
from pitchbar.extensions import db
from pitchbar.settings import Settings

log = logging.getLogger(__name__)


def find_payments(settings: Settings) -> Payments | None:
    """None where no key is set."""
    billing = settings[BillingSettings]
    if not billing.is_configured:
        return None
    return connect_payments(
        billing.stripe_secret_key,
        billing.stripe_api_base,
        billing.stripe_timeout,
        billing.stripe_price_metered_scan,
        billing.stripe_meter_event,
    )


def get_payments(settings: Settings) -> Payments:
    """Raises BillingNotConfigured."""
    payments = find_payments(settings)
    if payments is None:
        raise BillingNotConfigured
    return payments


@contextmanager
def for_people() -> Iterator[None]:
    """Around what asks Stripe within a request: raises BillingUnavailable or BillingRefused."""
    try:
        yield
    except PaymentsUnavailable as error:
        db.session.rollback()
        log.warning("Stripe: %s", error)
        raise BillingUnavailable(error.message) from None
    except (PaymentDeclined, PaymentsRefused) as error:
        db.session.rollback()
        log.warning("Stripe refused: %s", error)
        raise BillingRefused(error.message) from None
