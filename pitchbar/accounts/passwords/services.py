"""A new password: by the old one, or by a link that was sent to the person's address."""

import hashlib
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, update

from pitchbar.accounts.errors import InvalidLink, WrongPassword
from pitchbar.accounts.models import EmailChange, Person
from pitchbar.accounts.passwords.hashing import hash_password, verify_password
from pitchbar.accounts.passwords.strength import require_strong_password
from pitchbar.accounts.queries import find_person, find_person_by_email, normalise_email
from pitchbar.accounts.security_mail import record_and_notify
from pitchbar.accounts.sessions.services import end_sessions
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import Settings


def change_password(person: Person, current: str, new: str, by: Actor) -> None:
    """Also ends all sessions of the person.

    Raises:
        WrongPassword: the current one is another.
        WeakPassword: others would guess the new one.
    """
    require_password(person, current)
    _set_password(person, new, by, "account.password_changed")


def require_password(person: Person, current: str) -> None:
    """Raises WrongPassword."""
    if not verify_password(current, person.password_hash):
        raise WrongPassword("current_password")


def request_password_reset(email: str, settings: Settings) -> None:
    """Writes to the address in every case, so that neither the page nor the time it takes tells
    whether there is an account; only its mailbox learns that.
    """
    person = find_person_by_email(email)
    if person is None:
        subject = "There is no Pitchbar account with this address"
        link, template = f"{settings.app_url}/signup", "accounts/no_account"
    else:
        subject, template = "Set a new password", "accounts/password_reset"
        link = f"{settings.app_url}/password/reset?token={make_reset_token(person, settings)}"
    # To the address as the account has it: the one typed may only look the same.
    to = person.email if person else normalise_email(email)
    minutes = settings[AccountSettings].password_reset_minutes
    stranger = person is None
    queue_mail(template, to=to, subject=subject, to_stranger=stranger, link=link, minutes=minutes)


def make_reset_token(person: Person, settings: Settings) -> str:
    moment = int(clock.now().timestamp())
    return str(_signer(settings).dumps([person.id, fingerprint(person), moment]))


def verify_reset_token(token: str, settings: Settings) -> Person:
    """Whose password the link may set.

    Raises:
        InvalidLink: it was changed, is too old, or the password or address changed since.
    """
    try:
        person_id, known_fingerprint, moment = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise InvalidLink("This link is not complete. Was it cut off in the mail?") from None
    age = clock.now() - datetime.fromtimestamp(moment, UTC)
    if age >= timedelta(minutes=settings[AccountSettings].password_reset_minutes):
        raise InvalidLink("This link is too old.")
    person = find_person(person_id)
    if person is None or fingerprint(person) != known_fingerprint:
        raise InvalidLink("This link was used already, or the password was changed since.")
    return person


def reset_password(person: Person, new: str, by: Actor) -> None:
    """By the mailed link, which proves the address, too. Also ends all sessions of the person.

    Raises:
        WeakPassword
    """
    _set_password(person, new, by, "account.password_reset")
    prove_address(person, by)


def fingerprint(person: Person) -> str:
    """Changes with the password and the address, and tells nothing of either."""
    text = f"{person.id}:{person.password_hash}:{person.email}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _set_password(person: Person, new: str, by: Actor, name: str) -> None:
    require_strong_password(new, email=person.email, name=person.name)
    query = (
        update(Person)
        .where(
            Person.id == person.id,
            Person.password_hash == person.password_hash,
            Person.email == person.email,
        )
        .values(password_hash=hash_password(new))
    )
    # Of two requests that start from one password, one wins. A mailed link says nothing of an
    # address that the account got in this moment.
    if changed_rows(db.session, query) != 1:
        raise InvalidLink("The password or the address was changed a moment ago.")
    db.session.refresh(person)
    end_sessions(person)
    db.session.execute(delete(EmailChange).where(EmailChange.person_id == person.id))
    record_and_notify(
        person,
        by,
        name,
        "Your password was changed",
        "The password of your account was changed, and every other browser was signed out.",
    )


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_keys, salt="password-reset")
