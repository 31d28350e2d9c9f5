"""Secrets that are shown once and kept only as a hash."""

import hashlib
import secrets

# No 0/O, 1/l/I, nor vowels that would make words: readable on paper, 28^7 = 13 thousand million.
SHORT_CODE_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
SHORT_CODE_LENGTH = 7


def new_secret(prefix: str) -> str:
    """A token of 256 random bits, e.g. `pb_live_…`; the prefix tells leak scanners whose it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Enough for a random secret: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_short_code() -> str:
    return "".join(secrets.choice(SHORT_CODE_ALPHABET) for _ in range(SHORT_CODE_LENGTH))


def new_pixel_key() -> str:
    """Names a workspace in the addresses of its pixel; no secret, but nothing to guess either."""
    return f"px_{secrets.token_hex(12)}"


def new_agent_id() -> str:
    """Names an agent in pages that embed it; no secret, but nothing to guess either."""
    return f"ag_{secrets.token_hex(10)}"
