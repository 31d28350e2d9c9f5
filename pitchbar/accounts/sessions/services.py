"""The sessions of a person, kept here so that ending one ends it at once, wherever it is."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person, PersonSession
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.core.tokens import hash_secret, new_secret
from pitchbar.errors import NotFound
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.live import recheck_access

# A page in steady use would otherwise cost one write for each request.
_SEEN_GRAIN = timedelta(minutes=1)


def start_session(person: Person, by: Actor) -> tuple[PersonSession, str]:
    """Returns the record, and the secret that the browser's cookie carries."""
    secret = new_secret("pb_session")
    record = PersonSession(person_id=person.id, secret_hash=hash_secret(secret))
    record.ip, record.user_agent = by.ip[:45], by.user_agent[:512]
    db.session.add(record)
    db.session.flush()
    return record, secret


def find_session(
    person_id: int, secret: str, idle_days: int
) -> tuple[Person, PersonSession] | None:
    """Who holds this session, unless it was ended or not used for so long; one query."""
    row = db.session.execute(
        select(Person, PersonSession)
        .join(PersonSession, PersonSession.person_id == Person.id)
        .where(
            Person.id == person_id,
            PersonSession.secret_hash == hash_secret(secret),
            PersonSession.seen_at > clock.now() - timedelta(days=idle_days),
        )
    ).first()
    return (row[0], row[1]) if row else None


def list_sessions(person: Person, idle_days: int) -> Sequence[PersonSession]:
    """Those that still count, the most recently used first."""
    return db.session.scalars(
        select(PersonSession)
        .where(
            PersonSession.person_id == person.id,
            PersonSession.seen_at > clock.now() - timedelta(days=idle_days),
        )
        .order_by(PersonSession.seen_at.desc(), PersonSession.id.desc())
    ).all()


def touch_session(record: PersonSession, ip: str, user_agent: str) -> bool:
    """Remembers the use, to the minute; True when there is a commit to do."""
    now = clock.now()
    if now - record.seen_at < _SEEN_GRAIN:
        return False
    record.seen_at, record.ip, record.user_agent = now, ip[:45], user_agent[:512]
    return True


def get_session(person: Person, session_id: int) -> PersonSession:
    """Raises NotFound, also for a session of somebody else."""
    record = db.session.get(PersonSession, session_id)
    if record is None or record.person_id != person.id:
        raise NotFound("This session has ended already.")
    return record


def end_session(record: PersonSession) -> None:
    db.session.execute(delete(PersonSession).where(PersonSession.id == record.id))
    recheck_access(record.person_id)


def end_sessions(person: Person, keep: PersonSession | None = None) -> int:
    """Ends all sessions of the person but `keep`; returns how many there were."""
    query = delete(PersonSession).where(PersonSession.person_id == person.id)
    if keep is not None:
        query = query.where(PersonSession.id != keep.id)
    recheck_access(person.id)
    return changed_rows(db.session, query)
