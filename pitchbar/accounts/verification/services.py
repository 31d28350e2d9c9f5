"""The link that proves an address: mailed, good once, and only by whoever is signed in as well."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import EmailTaken, InvalidLink, SameAddress
from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_person, find_person_by_email, normalise_email
from pitchbar.accounts.settings import AccountSettings
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import Settings


@dataclass(frozen=True)
class VerificationLink:
    """Whose address it proves, and the page to go on with."""

    person: Person
    next_url: str


def send_verification(person: Person, settings: Settings, next_url: str = "") -> None:
    token = make_verification_token(person, settings, next_url)
    queue_mail(
        "accounts/verification",
        to=person.email,
        subject="Prove that this address is yours",
        link=f"{settings.app_url}/account/address/proof?token={token}",
        hours=settings[AccountSettings].email_verification_hours,
        reset_link=f"{settings.app_url}/password/forgotten",
    )


def make_verification_token(person: Person, settings: Settings, next_url: str = "") -> str:
    moment = int(clock.now().timestamp())
    return str(_signer(settings).dumps([person.id, _fingerprint(person), moment, next_url]))


def read_verification_token(token: str, settings: Settings) -> VerificationLink:
    """Raises InvalidLink: cut off, too old, used, or for an address that was corrected since."""
    try:
        person_id, known_fingerprint, moment, next_url = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise InvalidLink("This link is not complete. Was it cut off in the mail?") from None
    person = find_person(person_id)
    if person is None or _fingerprint(person) != known_fingerprint:
        raise InvalidLink("This link is for an address that the account no longer has.")
    if person.is_proven:
        raise InvalidLink("This link was used already: the address is proven.")
    age = clock.now() - datetime.fromtimestamp(moment, UTC)
    if age >= timedelta(hours=settings[AccountSettings].email_verification_hours):
        raise InvalidLink("This link is too old.")
    return VerificationLink(person, next_url)


def correct_address(person: Person, email: str, by: Actor, settings: Settings) -> None:
    """Another address for an account whose address was never proven: it takes effect at once, and
    nothing is mailed to the old one, which may be a stranger's.

    Raises:
        SameAddress, EmailTaken
        InvalidLink: the address was proven meanwhile.
    """
    before, after = person.email, normalise_email(email)
    if person.is_proven:
        raise InvalidLink("Your address is proven already. Change it on your account page.")
    if after == before:
        raise SameAddress
    if find_person_by_email(after):
        raise EmailTaken
    _replace_unproven(person, before, after)
    facts = {"before": {"email": before}, "after": {"email": after}}
    record_event("account.address_corrected", person, by=by, **facts)
    send_verification(person, settings)


def _replace_unproven(person: Person, before: str, after: str) -> None:
    """Conditional, so that no address slips in under a proof that another one gets meanwhile."""
    unproven = (Person.email == before, Person.verified_at.is_(None))
    query = update(Person).where(Person.id == person.id, *unproven).values(email=after)
    try:
        with db.session.begin_nested():
            changed = changed_rows(db.session, query)
    except IntegrityError:
        raise EmailTaken from None
    if changed != 1:
        raise InvalidLink("Your address was proven or changed a moment ago. Look at it again.")


def _fingerprint(person: Person) -> str:
    """Changes with the address, and does not show it."""
    return hashlib.sha256(f"{person.id}:{person.email}".encode()).hexdigest()[:32]


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_keys, salt="address-proof")
