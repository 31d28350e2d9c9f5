"""Statistics of a code that its people open to everybody, with a password or without."""

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, select

from pitchbar.analytics.public_stats.models import SHOWABLE, PublicStats
from pitchbar.codes.models import Code
from pitchbar.core.code_passwords import hash_code_password, verify_code_password
from pitchbar.core.signed_cookies import timed_serializer
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.extensions import db
from pitchbar.settings import current_settings

_KEY_SECONDS = 12 * 3600


def find_public_stats(code: Code) -> PublicStats | None:
    return db.session.get(PublicStats, code.id)


def find_by_short_code(short_code: str) -> tuple[PublicStats, Code] | None:
    row = db.session.execute(
        select(PublicStats, Code)
        .join(Code, Code.id == PublicStats.code_id)
        .where(Code.short_code == short_code, Code.deleted_at.is_(None))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def publish(code: Code, by: Actor, *, shows: Sequence[str], password: str | None) -> PublicStats:
    """Opens the page, or changes what it shows. `password` None leaves it as it is; empty takes it
    away.
    """
    stats = find_public_stats(code)
    before = _told(stats) if stats else {}
    if stats is None:
        stats = PublicStats(code_id=code.id, workspace_id=code.workspace_id)
        db.session.add(stats)
    stats.shows = [key for key in SHOWABLE if key in shows]
    if password is not None:
        stats.password_hash = hash_code_password(password) if password else None
    record_event("code.stats_published", code, by=by, before=before, after=_told(stats))
    return stats


def unpublish(code: Code, by: Actor) -> None:
    stats = find_public_stats(code)
    if stats is not None:
        before = _told(stats)
        db.session.delete(stats)
        record_event("code.stats_closed", code, by=by, before=before)


def forget_public_stats(event: Event) -> None:
    mine = PublicStats.workspace_id == int(event.subject.id)
    db.session.execute(delete(PublicStats).where(mine))


def make_key(stats: PublicStats) -> str:
    """What the address holds once the password was right, instead of a cookie: for half a day, and
    no longer than the password.
    """
    return _serializer(stats).dumps(stats.code_id)


def may_see(stats: PublicStats, key: str) -> bool:
    if stats.password_hash is None:
        return True
    try:
        return bool(_serializer(stats).loads(key, max_age=_KEY_SECONDS) == stats.code_id)
    except BadData:
        return False


def is_password(stats: PublicStats, typed: str) -> bool:
    return stats.password_hash is not None and verify_code_password(stats.password_hash, typed)


def _serializer(stats: PublicStats) -> URLSafeTimedSerializer:
    salt = f"public-stats:{stats.password_hash}"
    return timed_serializer(current_settings().signing_keys, salt)


def _told(stats: PublicStats) -> dict[str, object]:
    return {"shows": ", ".join(stats.shows), "password": stats.password_hash is not None}
