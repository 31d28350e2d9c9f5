"""How often something may be tried: the rates of the settings, and what each of them counts."""

from collections.abc import Callable

from flask import request
from flask_login import current_user

from pitchbar.accounts.queries import normalise_email
from pitchbar.accounts.settings import AccountSettings
from pitchbar.extensions import request_address
from pitchbar.settings import current_settings


def rate(choose: Callable[[AccountSettings], str]) -> Callable[[], str]:
    """For `limiter.limit`: one of the feature's rates, read when a request comes."""
    return lambda: choose(current_settings()[AccountSettings])


def typed_email_key() -> str:
    """The account that the form's address names, whether it exists or not."""
    return "account:" + normalise_email(request.form.get("email", ""))


def signed_in_key() -> str:
    return f"person:{current_user.id}" if current_user.is_authenticated else request_address()
