"""The widget's token: a JWT under HS256 that says who speaks with which agent in which
conversation, and from where. Nothing of it is stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey

from pitchbar.chat.errors import TokenExpired, TokenInvalid
from pitchbar.chat.keys import signing_keys
from pitchbar.chat.models import WIDGET
from pitchbar.chat.settings import ChatSettings
from pitchbar.settings import Settings

_AUDIENCE = "pitchbar widget"
# Clocks of two machines may differ by so much.
SKEW = timedelta(minutes=1)


@dataclass(frozen=True)
class WidgetToken:
    """`scan_id` and `code_id` are what led the visitor here, 0 for no code; `channel` is by what
    they speak.
    """

    agent: str
    visitor: UUID
    conversation: UUID
    origin: str
    scan_id: UUID | None = None
    code_id: int = 0
    channel: str = WIDGET


def write_token(token: WidgetToken, settings: Settings, now: datetime) -> str:
    key = signing_keys(settings)[0]
    minutes = settings[ChatSettings].widget_token_minutes
    claims: dict[str, Any] = {
        "aud": _AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=minutes)).timestamp()),
        "sub": token.visitor.hex,
        "agent": token.agent,
        "conversation": token.conversation.hex,
        "origin": token.origin,
    }
    if token.scan_id is not None:
        claims |= {"scan": token.scan_id.hex, "code": token.code_id}
    if token.channel != WIDGET:
        claims["channel"] = token.channel
    header = {"alg": "HS256", "kid": key.id}
    return jwt.encode(header, claims, OctKey.import_key(key.secret), algorithms=["HS256"])


def read_token(
    text: str, settings: Settings, now: datetime, *, after_end: timedelta = timedelta(0)
) -> WidgetToken:
    """Args:
        after_end: how long after its end it is still read.

    Raises:
        TokenInvalid, TokenExpired
    """
    claims = _claims(text, settings)
    try:
        token = _token(claims)
        issued, expires = int(claims["iat"]), int(claims["exp"])
    except (KeyError, TypeError, ValueError):
        raise TokenInvalid from None
    if claims.get("aud") != _AUDIENCE or issued > (now + SKEW).timestamp():
        raise TokenInvalid
    if (now - SKEW - after_end).timestamp() >= expires:
        raise TokenExpired
    return token


def _claims(text: str, settings: Settings) -> dict[str, Any]:
    keys = {key.id: key.secret for key in reversed(signing_keys(settings))}

    def find_key(guest: GuestProtocol) -> OctKey:
        secret = keys.get(str(guest.headers().get("kid", "")))
        if secret is None:
            raise ValueError("no key of ours")
        return OctKey.import_key(secret)

    try:
        return dict(jwt.decode(text, find_key, algorithms=["HS256"]).claims)
    except (JoseError, ValueError, TypeError, UnicodeError, RecursionError):
        raise TokenInvalid from None


def _token(claims: dict[str, Any]) -> WidgetToken:
    scan = claims.get("scan")
    return WidgetToken(
        str(claims["agent"]),
        UUID(hex=claims["sub"]),
        UUID(hex=claims["conversation"]),
        str(claims["origin"]),
        UUID(hex=scan) if scan else None,
        int(claims.get("code", 0)),
        str(claims.get("channel", WIDGET)),
    )
