"""What is signed with its time, on machines whose clocks are set back now and then.

itsdangerous refuses what was signed later than now. After a clock was set back, or where two
machines differ by a second, that would sign out whoever signed in last, though nothing is wrong.
"""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

# Beyond it a clock is not back, but wrong; what it signed is not taken for ever.
MOST_AHEAD_SECONDS = 24 * 60 * 60


class PatientSigner(TimestampSigner):
    """Takes what was signed up to a day ahead of now as signed now."""

    def unsign(
        self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        """Raises SignatureExpired and BadSignature, as its base does."""
        value, signed = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(signed.timestamp())
        if max_age is not None and not -MOST_AHEAD_SECONDS <= age <= max_age:
            raise SignatureExpired("out of its time", payload=value, date_signed=signed)
        return (value, signed) if return_timestamp else value


def timed_serializer(keys: Any, salt: str, **options: Any) -> URLSafeTimedSerializer:
    """As `URLSafeTimedSerializer`; the newest of the keys is the last."""
    return URLSafeTimedSerializer(keys, salt=salt, signer=PatientSigner, **options)


class PatientSessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = PatientSigner
        return made
