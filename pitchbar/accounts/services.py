from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import EmailTaken, WrongCredentials
from pitchbar.accounts.models import Person
from pitchbar.accounts.passwords import hash_password, password_fits
from pitchbar.accounts.queries import find_person_by_email, normalise_email
from pitchbar.extensions import db


def create_person(*, email: str, name: str, password: str) -> Person:
    """Adds an account.

    Raises:
        EmailTaken: also when two requests with one address meet.
    """
    if find_person_by_email(email):
        raise EmailTaken
    person = Person(
        email=normalise_email(email), name=name.strip(), password_hash=hash_password(password)
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise EmailTaken from None
    return person


def authenticate(email: str, password: str) -> Person:
    """Raises WrongCredentials, after the same time whether the account exists or not."""
    person = find_person_by_email(email)
    if not password_fits(password, person.password_hash if person else None):
        raise WrongCredentials
    assert person is not None  # noqa: S101  # password_fits is False without a stored hash
    return person
