"""From a proof of who somebody is to a session of the browser, by way of the second step."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from flask import Response, current_app, g, request, session, url_for
from flask_login import current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.identities import link_identity
from pitchbar.accounts.models import Person, PersonSession
from pitchbar.accounts.password_changes import fingerprint
from pitchbar.accounts.queries import find_person, find_two_factor
from pitchbar.accounts.sessions import end_session, find_signed_in, note_seen, start_session
from pitchbar.accounts.settings import AccountSettings
from pitchbar.clients.identity import Claims
from pitchbar.core import clock
from pitchbar.core.htmx import go_to
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings

# How long somebody may look for their phone, or for the password that links Google.
WAIT_MINUTES = 10

_SECRET, _PENDING, _LINK = "session_secret", "second_step", "google_link"


def acting(person: Person) -> Actor:
    """The person who acts in this request, also before the session has begun."""
    where = (request.remote_addr or "", request.user_agent.string)
    return Actor("person", person.id, person.name, *where)


def admit(person: Person, next_url: str | None) -> Response:
    """Signs the person in, after the second step if they have one. The view commits."""
    waiting = session.get(_LINK)
    if find_two_factor(person) is None:
        begin_session(person)
        return go_to(next_url or url_for("pages.home"))
    session.clear()
    session[_PENDING] = stamp(person=person.id, fingerprint=fingerprint(person))
    if waiting:
        session[_LINK] = waiting
    return go_to(url_for("second_step.show", next=next_url))


def find_pending() -> Person | None:
    """Who has passed the first step and not the second, for a while."""
    pending = session.get(_PENDING)
    if not is_fresh(pending):
        return None
    person = find_person(pending["person"])
    return person if person and fingerprint(person) == pending["fingerprint"] else None


def begin_session(person: Person) -> None:
    """Starts a session under a new secret: one that somebody planted before ends here."""
    waiting, replaced = session.get(_LINK), this_session()
    if replaced is not None:
        end_session(replaced)
    session.clear()
    session.permanent = True
    session[_SECRET] = start_session(person, acting(person))
    login_user(person)
    if is_fresh(waiting) and waiting["person"] == person.id:
        _link_waiting(person, waiting)


def wait_for_password(person: Person, claims: Claims) -> None:
    """Remembers the Google account, to be linked when its owner signs in with the password."""
    session[_LINK] = stamp(person=person.id, subject=claims.subject, email=claims.email)


def waiting_google_account() -> str | None:
    """The address of the Google account that waits for a sign-in with the password."""
    waiting = session.get(_LINK)
    return waiting["email"] if is_fresh(waiting) else None


def load_person(person_id: str) -> Person | None:
    """For Flask-Login: the person, if the session of this browser still counts."""
    secret = session.get(_SECRET)
    if not secret or not person_id.isdecimal():
        return None
    found = find_signed_in(int(person_id), secret, current_settings()[AccountSettings].session_days)
    if found is None:
        return None
    g.person_session = found[1]
    return found[0]


def this_session() -> PersonSession | None:
    """The record of the session that this request belongs to."""
    if not current_user.is_authenticated:
        return None
    record: PersonSession | None = g.get("person_session")
    return record


def note_request() -> None:
    """Before each request of a signed-in browser. A database that is gone shows elsewhere."""
    if request.endpoint == "static" or _SECRET not in session:
        return
    try:
        record = this_session()
        agent = request.user_agent.string
        if record and note_seen(record, request.remote_addr or "", agent):
            db.session.commit()
            # The cookie is given its full time again as well.
            session.modified = True
    except SQLAlchemyError:
        db.session.rollback()
        current_app.logger.warning("the use of a session could not be noted")


def _link_waiting(person: Person, waiting: dict[str, Any]) -> None:
    claims = Claims(waiting["subject"], waiting["email"], person.name)
    try:
        link_identity(person, claims, acting(person))
    except DomainError as error:
        # Signing in worked; that the link did not can be seen on the account page.
        current_app.logger.info("Google was not linked: %s", error.message)


def stamp(**kept: Any) -> dict[str, Any]:
    """What the browser keeps for a while, with the time from which that counts."""
    return {**kept, "at": int(clock.now().timestamp())}


def is_fresh(kept: dict[str, Any] | None) -> TypeGuard[dict[str, Any]]:
    if not kept:
        return False
    age = clock.now() - datetime.fromtimestamp(kept["at"], UTC)
    return age < timedelta(minutes=WAIT_MINUTES)
