"""Secrets that must be read again are stored encrypted under APP_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


class Unreadable(Exception):
    """The text was not encrypted under this key, or was changed since."""


def encrypt(text: str, app_key: str) -> str:
    """Authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA256); URL-safe ASCII."""
    return _cipher(app_key).encrypt(text.encode()).decode()


def decrypt(token: str, app_key: str) -> str:
    """Raises Unreadable."""
    try:
        return _cipher(app_key).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _cipher(app_key: str) -> Fernet:
    # APP_KEY also signs sessions: the encryption key is derived from it for this purpose alone.
    digest = hashlib.blake2b(app_key.encode(), person=b"pb-encrypt", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
