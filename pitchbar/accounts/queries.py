from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.extensions import db


def find_person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def find_person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == normalise_email(email)))


def normalise_email(email: str) -> str:
    """One address, one account: case never tells two mailboxes apart in practice."""
    return email.strip().lower()
