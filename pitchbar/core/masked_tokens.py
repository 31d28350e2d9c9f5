"""The token in a form looks different in every answer: its compressed size tells nothing of it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from flask import Flask
from flask_wtf.csrf import CSRFProtect, generate_csrf

_MARK = "m."


def mask(token: str) -> str:
    plain = token.encode()
    pad = token_bytes(len(plain))
    mixed = bytes(one ^ other for one, other in zip(plain, pad, strict=True))
    return _MARK + urlsafe_b64encode(pad + mixed).decode()


def unmask(token: str) -> str:
    """What was masked; anything else as it is, which then counts or does not."""
    if not token.startswith(_MARK):
        return token
    try:
        both = urlsafe_b64decode(token.removeprefix(_MARK))
        half = len(both) // 2
        pairs = zip(both[:half], both[half:], strict=True)
        return bytes(one ^ other for one, other in pairs).decode()
    except ValueError:
        return token


class MaskedCSRFProtect(CSRFProtect):  # type: ignore[misc]  # flask_wtf has no types
    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.context_processor(lambda: {"csrf_token": lambda: mask(generate_csrf())})

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return unmask(token) if token else token
