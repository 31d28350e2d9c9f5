"""What the widget keeps is signed under keys derived from APP_KEY for this purpose alone."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple

from pitchbar.chat.settings import ChatSettings
from pitchbar.settings import Settings


class SigningKey(NamedTuple):
    """`id` names it in tokens, so that the right one is tried."""

    id: str
    secret: bytes


def signing_keys(settings: Settings) -> Sequence[SigningKey]:
    """The one that signs first, then those that are still taken."""
    return [_derive(key) for key in (*settings.app_keys, *settings[ChatSettings].widget_old_keys)]


def signature(key: SigningKey, text: str) -> str:
    """22 characters: 88 bits."""
    return hmac.new(key.secret, text.encode(), hashlib.sha256).hexdigest()[:22]


def is_signed(settings: Settings, text: str, signed: str) -> bool:
    found = [hmac.compare_digest(signature(key, text), signed) for key in signing_keys(settings)]
    return any(found)


def _derive(app_key: str) -> SigningKey:
    made = hashlib.blake2b(app_key.encode(), person=b"pb-widget", digest_size=36).digest()
    return SigningKey(made[:4].hex(), made[4:])
