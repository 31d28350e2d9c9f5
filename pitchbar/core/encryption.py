"""Secrets that must be read again are stored encrypted under APP_KEY.

A column that holds such a text says so by `info={**ENCRYPTED}`; `pitchbar rotate-app-key` finds it.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

ENCRYPTED: Mapping[str, str] = {"encrypted": "under APP_KEY"}

Keys = str | Sequence[str]
"""APP_KEY, alone or before those that it was earlier."""


class Unreadable(Exception):
    """The text was encrypted under none of these keys, or was changed since."""


def encrypt(text: str, keys: Keys) -> str:
    """Authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA256) under the first of the keys;
    URL-safe ASCII.
    """
    return _cipher(_all(keys)[0]).encrypt(text.encode()).decode()


def decrypt(token: str, keys: Keys) -> str:
    """By whichever of the keys opens it; raises Unreadable."""
    for key in _all(keys):
        try:
            return _cipher(key).decrypt(token.encode()).decode()
        except InvalidToken:
            continue
    raise Unreadable


def _all(keys: Keys) -> Sequence[str]:
    return (keys,) if isinstance(keys, str) else keys


@lru_cache(maxsize=16)
def _cipher(app_key: str) -> Fernet:
    # APP_KEY also signs sessions: the encryption key is derived from it for this purpose alone.
    digest = hashlib.blake2b(app_key.encode(), person=b"pb-encrypt", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
