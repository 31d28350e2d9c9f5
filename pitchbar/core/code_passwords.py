"""Passwords of codes: asked at the edge, and so cheaper to check than those of accounts."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def _hasher() -> "PasswordHasher":
    # An edge that leads to no such code never loads it.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_code_password(text: str) -> str:
    return _hasher().hash(_as_typed_anywhere(text))


def verify_code_password(hash: str, text: str) -> bool:
    """Also False for a hash that is none."""
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(hash, _as_typed_anywhere(text))
    except (VerificationError, ValueError):
        return False


def _as_typed_anywhere(text: str) -> str:
    """An "é" is one character or two, as the keyboard has it."""
    return unicodedata.normalize("NFC", text)
