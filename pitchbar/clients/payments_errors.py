"""What can go wrong with Stripe, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager


class PaymentsError(Exception):
    """A sentence for a person; `detail` is Stripe's own, for the log."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(detail or message)
        self.message = message


class PaymentsUnavailable(PaymentsError):
    """No answer, or a fault of Stripe's own: later it may work."""


class PaymentDeclined(PaymentsError):
    """The bank said no."""


class PaymentsRefused(PaymentsError):
    """Stripe understood and said no: again would be no again. `code` is Stripe's."""

    def __init__(self, message: str, detail: str = "", code: str = "") -> None:
        super().__init__(message, detail)
        self.code = code


@contextmanager
def translated() -> Iterator[None]:
    """Errors of Stripe's library as ours."""
    import stripe

    try:
        yield
    except stripe.CardError as error:
        raise PaymentDeclined(error.user_message or "The card was declined.", str(error)) from None
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        sentence = "Stripe did not take this."
        raise PaymentsRefused(sentence, str(error), str(error.code or "")) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # A key that was rolled: nothing that who looks at the page could mend.
        raise PaymentsUnavailable("Stripe does not accept our key just now.", str(error)) from None
    except stripe.StripeError as error:
        raise PaymentsUnavailable("Stripe does not answer just now.", str(error)) from None
