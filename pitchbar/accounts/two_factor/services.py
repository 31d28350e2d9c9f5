"""Two-factor sign-in by time-based codes (TOTP, RFC 6238: 6 digits, 30 seconds, SHA-1)."""

import hmac
import logging
import re

import pyotp
from sqlalchemy import delete, update

from pitchbar.accounts.errors import AddressNotProven, WrongCode
from pitchbar.accounts.models import Person, RecoveryCode, TwoFactor
from pitchbar.accounts.security_mail import record_and_notify
from pitchbar.accounts.two_factor.recovery_codes import make_recovery_codes, use_recovery_code
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.core.encryption import Keys, Unreadable, decrypt, encrypt
from pitchbar.events.actors import Actor
from pitchbar.extensions import db

log = logging.getLogger(__name__)

_STEP_SECONDS = 30
# A phone's clock may be off by one step to either side.
_DRIFT = (-1, 0, 1)
_SIX_DIGITS = re.compile(r"[0-9]{6}")


def start_setup(person: Person, keys: Keys) -> None:
    """Makes a new secret, which takes effect once a code of it was entered; one that is in force
    stays.

    Raises:
        AddressNotProven: it could lock out the owner of the address.
    """
    if not person.is_proven:
        raise AddressNotProven(person.email)
    found = db.session.get(TwoFactor, person.id) or TwoFactor(person_id=person.id)
    if found.enabled_at:
        return
    found.encrypted_secret = encrypt(pyotp.random_base32(), keys)
    found.enabled_at, found.last_step, found.created_at = None, 0, clock.now()
    db.session.add(found)
    db.session.flush()


def find_setup(person: Person) -> TwoFactor | None:
    """The secret that waits for its first code."""
    found = db.session.get(TwoFactor, person.id)
    return found if found and not found.enabled_at else None


def decrypt_secret(two_factor: TwoFactor, keys: Keys) -> str:
    return decrypt(two_factor.encrypted_secret, keys)


def provisioning_uri(two_factor: TwoFactor, person: Person, keys: Keys) -> str:
    """The `otpauth:` address that authenticator apps read from the QR code."""
    totp = pyotp.TOTP(decrypt_secret(two_factor, keys))
    return totp.provisioning_uri(name=person.email, issuer_name="Pitchbar")


def enable_two_factor(
    setup: TwoFactor, person: Person, code: str, by: Actor, keys: Keys
) -> list[str]:
    """Takes the secret into use, and returns the recovery codes, which are not kept as such.

    Raises:
        WrongCode: the app shows another one. AddressNotProven
    """
    if not person.is_proven:
        raise AddressNotProven(person.email)
    if not _accept_code(setup, code, keys):
        raise WrongCode("This is not the code that the app should show. Is the phone's time right?")
    setup.enabled_at = clock.now()
    record_and_notify(
        person,
        by,
        "account.two_factor_enabled",
        "Two-factor sign-in is on",
        "Signing in to your account now asks for a code of your authenticator app.",
    )
    return make_recovery_codes(person)


def disable_two_factor(person: Person, by: Actor) -> None:
    db.session.execute(delete(TwoFactor).where(TwoFactor.person_id == person.id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    record_and_notify(
        person,
        by,
        "account.two_factor_disabled",
        "Two-factor sign-in is off",
        "Signing in to your account no longer asks for a code. The recovery codes are void.",
    )


def verify_second_factor(
    two_factor: TwoFactor, person: Person, code: str, by: Actor, keys: Keys
) -> None:
    """Takes a code of the app or a recovery code; each is good once.

    Raises:
        WrongCode: it is neither, or was used before.
    """
    plain = "".join(code.split())
    fits = (
        _accept_code(two_factor, plain, keys)
        if _SIX_DIGITS.fullmatch(plain)
        else use_recovery_code(person, plain, by)
    )
    if not fits:
        raise WrongCode


def _accept_code(two_factor: TwoFactor, code: str, keys: Keys) -> bool:
    """The conditional update decides which of two requests with one code wins."""
    try:
        secret = decrypt_secret(two_factor, keys)
    except Unreadable:
        # APP_KEY was replaced without `rotate-app-key`.
        log.error("the two-factor secret of person %s cannot be read", two_factor.person_id)
        raise WrongCode("The app cannot be checked just now. Use a recovery code.") from None
    step = _matching_step("".join(code.split()), secret)
    if step is None:
        return False
    query = (
        update(TwoFactor)
        .where(TwoFactor.person_id == two_factor.person_id, TwoFactor.last_step < step)
        .values(last_step=step)
    )
    return changed_rows(db.session, query) == 1


def _matching_step(code: str, secret: str) -> int | None:
    totp = pyotp.TOTP(secret)
    current = int(clock.now().timestamp()) // _STEP_SECONDS
    found = None
    for step in (current + drift for drift in _DRIFT):
        # No early end: the time taken must not tell which step came close.
        if hmac.compare_digest(totp.generate_otp(step), code.encode("ascii", "replace").decode()):
            found = step
    return found
