"""The moment at which an address is known to be a person's own.

Before it, anybody may have made the account, to lie in wait for the owner of the address. So the
first proof takes away what was set up before: other browsers, Google, the second step, a wished
change of address, and the API tokens (`workspaces` hears of the event).
"""

from sqlalchemy import delete, update

from pitchbar.accounts.errors import InvalidLink
from pitchbar.accounts.models import (
    EmailChange,
    Identity,
    Person,
    PersonSession,
    RecoveryCode,
    TwoFactor,
)
from pitchbar.accounts.sessions.services import end_sessions
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db

_PLANTED = (Identity, TwoFactor, RecoveryCode, EmailChange)


def prove_address(person: Person, by: Actor, keep: PersonSession | None = None) -> None:
    """To be called by whoever has seen that the person owns the address; `keep` is the session of
    the browser that showed it. Does nothing for an address that is proven already.

    Raises:
        InvalidLink: the address was corrected in this moment.
    """
    unproven = (Person.verified_at.is_(None), Person.email == person.email)
    query = update(Person).where(Person.id == person.id, *unproven).values(verified_at=clock.now())
    is_first = changed_rows(db.session, query) == 1
    person = db.session.get_one(Person, person.id, populate_existing=True)
    if not is_first and not person.is_proven:
        raise InvalidLink("Your address was changed a moment ago.")
    if is_first:
        removed = _remove_planted(person, keep)
        record_event("account.address_proven", person, by=by, before=removed)


def _remove_planted(person: Person, keep: PersonSession | None) -> dict[str, int]:
    """Returns how many rows of each table went."""
    removed = {"person_sessions": end_sessions(person, keep=keep)}
    for model in _PLANTED:
        query = delete(model).where(model.person_id == person.id)
        removed[model.__tablename__] = changed_rows(db.session, query)
    return {name: count for name, count in removed.items() if count}
