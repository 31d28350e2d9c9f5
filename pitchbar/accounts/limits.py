"""How often something may be tried: the rates of the settings, and what each of them counts."""

from collections.abc import Callable
from typing import Any

from flask import Response, g, request
from flask_login import current_user

from pitchbar.accounts.errors import EmailTaken
from pitchbar.accounts.queries import normalise_email
from pitchbar.accounts.settings import AccountSettings
from pitchbar.core.tokens import hash_secret
from pitchbar.extensions import limiter, request_address
from pitchbar.forms import Form
from pitchbar.settings import current_settings


def rate(choose: Callable[[AccountSettings], str]) -> Callable[[], str]:
    """For `limiter.limit`: one of the feature's rates, read when a request comes."""
    return lambda: choose(current_settings()[AccountSettings])


def typed_email_key() -> str:
    """The account that the form's address names, whether it exists or not."""
    typed = normalise_email(request.form.get("email", ""))
    # Hashed, as anybody may type a text of any length.
    return "account:" + hash_secret(typed)


def signed_in_key() -> str:
    return f"person:{current_user.id}" if current_user.is_authenticated else request_address()


def limit_new_addresses(view: Any) -> Any:
    """For forms that take a new address into use at once, so that they cannot hide that it has an
    account: nobody shall make a list that way, not even from many places at a time.
    """
    for limit in _NEW_ADDRESSES:
        view = limit(view)
    return view


def count_taken(form: Form) -> None:
    """Notes that the answer tells of an account, which counts towards narrower limits."""
    g.told_of_account = EmailTaken.sentence in form.errors.get("email", ())


def _told_of_account(_response: Response) -> bool:
    return bool(g.get("told_of_account"))


def _everybody() -> str:
    return "everybody"


_NEW_ADDRESSES = (
    limiter.shared_limit(rate(lambda own: own.ratelimit_signup), scope="signup"),
    limiter.shared_limit(
        rate(lambda own: own.ratelimit_signup_all), scope="signup-all", key_func=_everybody
    ),
    limiter.shared_limit(
        rate(lambda own: own.ratelimit_taken), scope="taken", deduct_when=_told_of_account
    ),
    limiter.shared_limit(
        rate(lambda own: own.ratelimit_taken_all),
        scope="taken-all",
        key_func=_everybody,
        deduct_when=_told_of_account,
    ),
)
