from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import EmailTaken, WrongCredentials
from pitchbar.accounts.models import NO_PASSWORD, Person
from pitchbar.accounts.passwords.hashing import hash_password, verify_password
from pitchbar.accounts.passwords.strength import require_strong_password
from pitchbar.accounts.queries import find_person_by_email, normalise_email
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db


def create_person(
    *, email: str, name: str, password: str | None, is_proven: bool = False
) -> Person:
    """Adds an account; without a password for who signs in through another service. `is_proven`:
    the address is known to be theirs.

    Raises:
        EmailTaken: also when two requests with one address meet.
        WeakPassword: others would guess it.
    """
    require_free_address(email)
    if password is not None:
        require_strong_password(password, email=email, name=name)
    password_hash = NO_PASSWORD if password is None else hash_password(password)
    person = Person(email=normalise_email(email), name=name.strip(), password_hash=password_hash)
    person.verified_at = clock.now() if is_proven else None
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise EmailTaken from None
    return person


def require_free_address(email: str) -> None:
    """Raises EmailTaken."""
    if find_person_by_email(email):
        raise EmailTaken


def authenticate(email: str, password: str) -> Person:
    """Raises WrongCredentials, after the same time whether the account exists or not."""
    person = find_person_by_email(email)
    if not verify_password(password, person.password_hash if person else None):
        raise WrongCredentials
    assert person is not None  # noqa: S101  # verify_password is False without a stored hash
    return person


def rename_person(person: Person, name: str, by: Actor) -> None:
    before, person.name = person.name, name.strip()
    record_event(
        "account.renamed", person, by=by, before={"name": before}, after={"name": person.name}
    )
