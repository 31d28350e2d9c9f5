"""A person's account at Google, and what it means for the account here."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import AddressNotProven, IdentityTaken, LastSignInMethod
from pitchbar.accounts.models import GOOGLE, Identity, Person
from pitchbar.accounts.queries import find_identity, find_person_of_identity
from pitchbar.accounts.security_mail import record_and_notify
from pitchbar.accounts.services import create_person
from pitchbar.clients.identity import Claims
from pitchbar.events.actors import Actor
from pitchbar.extensions import db


def create_person_from_google(claims: Claims) -> Person:
    """A new account without a password. Raises EmailTaken."""
    name = "".join(char for char in claims.name if char.isprintable()).strip()[:100]
    person = create_person(
        email=claims.email,
        name=name or claims.email.partition("@")[0],
        password=None,
        is_proven=True,
    )
    _add(person, claims)
    return person


def link_identity(person: Person, claims: Claims, by: Actor) -> None:
    """Lets the Google account sign in as this person.

    Raises:
        IdentityTaken: it signs in as somebody else.
        AddressNotProven: whoever owns the address might be somebody else.
    """
    if not person.is_proven:
        raise AddressNotProven(person.email)
    holder = find_person_of_identity(claims.subject)
    if holder is not None and holder.id == person.id:
        return
    if holder is not None:
        raise IdentityTaken
    # Another Google account takes the place of the one from before.
    db.session.execute(delete(Identity).where(Identity.person_id == person.id))
    _add(person, claims)
    sentence = f"The Google account {claims.email} can now sign in to your account."
    record_and_notify(
        person,
        by,
        "account.google_linked",
        "Google sign-in was linked",
        sentence,
        after={"google": claims.email},
    )


def unlink_identity(person: Person, by: Actor) -> None:
    """Raises LastSignInMethod for a person without a password."""
    identity = find_identity(person)
    if identity is None:
        return
    if not person.has_password:
        raise LastSignInMethod
    db.session.delete(identity)
    sentence = f"The Google account {identity.email} can no longer sign in to your account."
    record_and_notify(
        person,
        by,
        "account.google_unlinked",
        "Google sign-in was unlinked",
        sentence,
        before={"google": identity.email},
    )


def _add(person: Person, claims: Claims) -> None:
    identity = Identity(person_id=person.id, provider=GOOGLE, subject=claims.subject)
    identity.email = claims.email
    try:
        with db.session.begin_nested():
            db.session.add(identity)
    except IntegrityError:
        raise IdentityTaken from None
