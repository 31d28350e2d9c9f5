"""From a proof of who somebody is to a session of the browser, by way of the second step."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeGuard

from flask import Response, after_this_request, current_app, g, request, session, url_for
from flask_login import current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.identities.services import link_identity
from pitchbar.accounts.models import Person, PersonSession
from pitchbar.accounts.passwords.services import fingerprint
from pitchbar.accounts.queries import find_person, find_two_factor
from pitchbar.accounts.sessions.services import (
    end_session,
    find_session,
    start_session,
    touch_session,
)
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in.devices import remember_device
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.clients.identity import Claims
from pitchbar.core import clock
from pitchbar.core.htmx import go_to
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.settings import current_settings

# How long somebody may look for their phone, or for the password that links Google.
VALID_MINUTES = 10

_SECRET, _CHALLENGE, _GOOGLE_LINK = "session_secret", "second_step", "google_link"


def start_or_challenge(person: Person, next_url: str | None) -> Response:
    """Signs the person in, after the second step if they have one. The view commits."""
    waiting = session.get(_GOOGLE_LINK)
    if find_two_factor(person) is None:
        begin_session(person)
        return go_to(next_url or url_for("pages.home"))
    session.clear()
    session[_CHALLENGE] = timestamped(person=person.id, fingerprint=fingerprint(person))
    if waiting:
        session[_GOOGLE_LINK] = waiting
    return go_to(url_for("second_step.show", next=next_url))


def find_challenged_person() -> Person | None:
    """Who has passed the first step and not the second, for a while."""
    pending = session.get(_CHALLENGE)
    if not is_still_valid(pending):
        return None
    person = find_person(pending["person"])
    return person if person and fingerprint(person) == pending["fingerprint"] else None


def begin_session(person: Person) -> None:
    """Starts a session under a new secret: one that somebody planted before ends here."""
    waiting, replaced = session.get(_GOOGLE_LINK), current_session()
    if replaced is not None:
        end_session(replaced)
    session.clear()
    session.permanent = True
    g.person_session, session[_SECRET] = start_session(person, current_actor(person))
    login_user(person)
    after_this_request(partial(_remember_device, person))
    if is_still_valid(waiting) and waiting["person"] == person.id:
        _link_google_account(person, waiting)


def _remember_device(person: Person, response: Response) -> Response:
    remember_device(person, response)
    return response


def link_after_password(person: Person, claims: Claims) -> None:
    """Remembers the Google account, to be linked when its owner signs in with the password."""
    session[_GOOGLE_LINK] = timestamped(
        person=person.id, subject=claims.subject, email=claims.email
    )


def pending_google_link() -> str | None:
    """The address of the Google account that waits for a sign-in with the password."""
    waiting = session.get(_GOOGLE_LINK)
    return waiting["email"] if is_still_valid(waiting) else None


def load_person(person_id: str) -> Person | None:
    """For Flask-Login: the person, if the session of this browser still counts."""
    secret = session.get(_SECRET)
    if not secret or not person_id.isdecimal():
        return None
    found = find_session(int(person_id), secret, current_settings()[AccountSettings].session_days)
    if found is None:
        return None
    g.person_session = found[1]
    return found[0]


def current_session() -> PersonSession | None:
    """The record of the session that this request belongs to."""
    if not current_user.is_authenticated:
        return None
    record: PersonSession | None = g.get("person_session")
    return record


def touch_current_session() -> None:
    """Before each request of a signed-in browser. A database that is gone shows elsewhere."""
    if request.endpoint == "static" or _SECRET not in session:
        return
    try:
        record = current_session()
        agent = request.user_agent.string
        if record and touch_session(record, request.remote_addr or "", agent):
            db.session.commit()
            # The cookie is given its full time again as well.
            session.modified = True
    except SQLAlchemyError:
        db.session.rollback()
        current_app.logger.warning("the use of a session could not be noted")


def _link_google_account(person: Person, waiting: dict[str, Any]) -> None:
    claims = Claims(waiting["subject"], waiting["email"], person.name)
    try:
        if claims.email == person.email:
            # Google's word for the address, and the password of the account.
            prove_address(person, current_actor(person), keep=g.person_session)
        link_identity(person, claims, current_actor(person))
    except DomainError as error:
        # Signing in worked; that the link did not can be seen on the account page.
        current_app.logger.info("Google was not linked: %s", error.message)


def timestamped(**kept: Any) -> dict[str, Any]:
    """What the browser keeps for a while, with the time from which that counts."""
    return {**kept, "at": int(clock.now().timestamp())}


def is_still_valid(kept: dict[str, Any] | None) -> TypeGuard[dict[str, Any]]:
    if not kept:
        return False
    age = clock.now() - datetime.fromtimestamp(kept["at"], UTC)
    return age < timedelta(minutes=VALID_MINUTES)
