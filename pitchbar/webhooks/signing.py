"""Signatures as the Standard Webhooks specification has them, by its library."""

import base64
import secrets
from datetime import datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """As receivers keep it: `whsec_` and 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(
    message_id: str, body: str, at: datetime, secrets_in_force: tuple[str, ...]
) -> list[tuple[str, str]]:
    """With a signature by each secret in force, so that a receiver may know the old or the new."""
    signatures = [Webhook(one).sign(message_id, at, body) for one in secrets_in_force]
    return [
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(at.timestamp()))),
        ("webhook-signature", " ".join(signatures)),
    ]
