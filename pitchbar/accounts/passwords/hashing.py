"""Passwords, hashed with argon2id at the parameters of RFC 9106's low-memory choice."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pitchbar.accounts.models import NO_PASSWORD

_hasher = PasswordHasher()

# Verified when the account is unknown, so that the answer takes as long as for a known one. Written
# out, so that no process takes a quarter of a second for it when it starts.
_DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "IM1iWn0nW58/vuOqePEEWA$4P2RdI+mEFCnss852NRIHbkIxhnA17Ztry1IgjrzDMs"
)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Takes one verification in every case, also without an account or a password to compare."""
    known = stored if stored and stored != NO_PASSWORD else None
    try:
        fits = _hasher.verify(known or _DUMMY_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and known is not None
