import unicodedata
from contextlib import suppress

from sqlalchemy import select

from pitchbar.accounts.models import GOOGLE, Identity, Person, TwoFactor
from pitchbar.extensions import db


def find_person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def find_person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == normalise_email(email)))


def normalise_email(email: str) -> str:
    """One address, one account: case never tells two mailboxes apart in practice, and neither do
    the ways to write an accented letter or a domain (`bücher.example`, `xn--bcher-kva.example`).
    """
    local, at, domain = unicodedata.normalize("NFC", email.strip()).lower().rpartition("@")
    if "xn--" in domain:
        with suppress(UnicodeError):
            domain = domain.encode("ascii").decode("idna")
    return local + at + domain


def find_two_factor(person: Person) -> TwoFactor | None:
    """The authenticator app that is in force."""
    found = db.session.get(TwoFactor, person.id)
    return found if found and found.enabled_at else None


def find_identity(person: Person, provider: str = GOOGLE) -> Identity | None:
    return db.session.scalar(
        select(Identity).where(Identity.person_id == person.id, Identity.provider == provider)
    )


def find_person_of_identity(subject: str, provider: str = GOOGLE) -> Person | None:
    return db.session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.provider == provider, Identity.subject == subject)
    )
