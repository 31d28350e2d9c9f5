"""How often a sign-in may be tried, so that nobody finds a password by trying, and nobody can hold
another's sign-in shut by trying wrong ones.
"""

from typing import Any

from pitchbar.accounts.limits import rate, typed_email_key
from pitchbar.accounts.sign_in.devices import device_key, is_known_device, is_unknown_device
from pitchbar.extensions import limiter, request_address


def limit_sign_in(view: Any) -> Any:
    """By address, by address and account, and by account, over all addresses; a device where the
    account was signed in to before counts for itself, and only for itself.
    """
    for limit in _LIMITS:
        view = limit(view)
    return view


def _address_and_account() -> str:
    return f"{request_address()} {typed_email_key()}"


_LIMITS = (
    limiter.limit(rate(lambda own: own.ratelimit_login), exempt_when=is_known_device),
    limiter.limit(
        rate(lambda own: own.ratelimit_login),
        key_func=_address_and_account,
        exempt_when=is_known_device,
    ),
    limiter.limit(
        rate(lambda own: own.ratelimit_login_account),
        key_func=typed_email_key,
        exempt_when=is_known_device,
    ),
    limiter.limit(
        rate(lambda own: own.ratelimit_login), key_func=device_key, exempt_when=is_unknown_device
    ),
)
