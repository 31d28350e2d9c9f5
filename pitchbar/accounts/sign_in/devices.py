"""Browsers in which somebody has signed in before: strangers who try passwords at an account, from
however many addresses, do not shut its owner out of these.

The cookie opens nothing. It says for which accounts a sign-in has succeeded here, and gives each of
them a budget of tries of its own.
"""

import secrets

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import normalise_email
from pitchbar.core.signed_cookies import timed_serializer
from pitchbar.core.tokens import hash_secret
from pitchbar.settings import current_settings

COOKIE = "pitchbar_device"
_SECONDS = 365 * 86_400
_MOST_ACCOUNTS = 5


def find_device(email: str | None = None) -> str | None:
    """The device's name in limits, if somebody has signed in here to the account of that address;
    by default, of the one that the form names.
    """
    named = request.form.get("email", "") if email is None else email
    return _read_cookie().get(_account_key(named))


def is_known_device() -> bool:
    return find_device() is not None


def is_unknown_device() -> bool:
    return find_device() is None


def device_key() -> str:
    return f"device:{find_device()}"


def remember_device(person: Person, response: Response) -> None:
    accounts, key = _read_cookie(), _account_key(person.email)
    name = accounts.pop(key, None) or secrets.token_urlsafe(12)
    kept = list(accounts.items())[-(_MOST_ACCOUNTS - 1) :]
    response.set_cookie(
        COOKIE,
        str(_signer().dumps(dict([*kept, (key, name)]))),
        max_age=_SECONDS,
        httponly=True,
        secure=current_settings().uses_tls,
        samesite="Lax",
    )


def _read_cookie() -> dict[str, str]:
    """By account; empty for a cookie that we did not write."""
    try:
        found: dict[str, str] = _signer().loads(request.cookies.get(COOKIE, ""), max_age=_SECONDS)
    except BadData:
        return {}
    return found


def _account_key(email: str) -> str:
    return hash_secret(f"device:{normalise_email(email)}")[:24]


def _signer() -> URLSafeTimedSerializer:
    return timed_serializer(current_settings().signing_keys, "device")
