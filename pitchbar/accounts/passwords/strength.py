"""Which passwords are refused because others would try them first."""

import string
from functools import cache

from pitchbar.accounts.errors import WeakPassword

_AFFIXES = string.digits + string.punctuation + " "
# Shorter names are found in too many good passwords by chance.
_SHORTEST_NAME = 4


def require_strong_password(password: str, *, email: str | None, name: str | None) -> None:
    """Raises WeakPassword when it is among the most common ones of past breaches (in any case,
    also with digits and signs around it), or holds the person's own address or name.
    """
    plain = password.casefold()
    if plain in _breached_passwords() or plain.strip(_AFFIXES) in _breached_passwords():
        raise WeakPassword(
            "This password is among the first that attackers try. Choose another one."
        )
    if any(word in _without_spaces(plain) for word in _personal_words(email or "", name or "")):
        raise WeakPassword("Do not use your name or e-mail address in the password.")


def _personal_words(email: str, name: str) -> set[str]:
    words = {_without_spaces(text.casefold()) for text in (email, email.partition("@")[0], name)}
    return {word for word in words if len(word) >= _SHORTEST_NAME}


def _without_spaces(text: str) -> str:
    return "".join(text.split())


@cache
def _breached_passwords() -> frozenset[str]:
    # 30,000 passwords by how often they were found in breaches; loaded at the first use.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
