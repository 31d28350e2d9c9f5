"""Who asks which host: one round at a time, so that nobody is asked by two at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.link_health.models import Link

# A round that died leaves what it had to another one.
TURN = timedelta(minutes=4)
# Of one host in a round; of many codes that lead to one address, one asks for all.
_MOST_ADDRESSES = 40


def list_due_hosts(now: datetime, count: int) -> list[str]:
    """Those who wait longest first."""
    query = select(Link.host).where(_is_due(now)).group_by(Link.host)
    return list(db.session.scalars(query.order_by(func.min(Link.next_check_at)).limit(count)))


def claim_host(host: str, now: datetime) -> list[Link]:
    """What is due of the host; nothing where another round is there. Commits."""
    until, other = now + TURN, aliased(Link)
    is_held = select(other.id).where(other.host == host, other.claimed_until > now).exists()
    due = (Link.host == host, _is_due(now))
    keys = select(Link.url_key).where(*due).group_by(Link.url_key)
    some = keys.order_by(func.min(Link.next_check_at)).limit(_MOST_ADDRESSES).subquery()
    mine = update(Link).where(*due, Link.url_key.in_(select(some.c.url_key)), ~is_held)
    return _take(mine.values(claimed_until=until), (Link.host == host,), until)


def claim_code(code_id: int, now: datetime) -> list[Link]:
    """All of a code that nobody has in hand, due or not. Commits."""
    until = now + TURN
    free = or_(Link.claimed_until.is_(None), Link.claimed_until <= now)
    mine = update(Link).where(Link.code_id == code_id, free)
    return _take(mine.values(claimed_until=until), (Link.code_id == code_id,), until)


def release(link_ids: Sequence[int]) -> None:
    """What the time did not suffice for is due as before."""
    mine = update(Link).where(Link.id.in_(link_ids)).values(claimed_until=None)
    db.session.execute(mine.execution_options(synchronize_session=False))
    db.session.commit()


def _take(claim: Update, those: tuple[ColumnElement[bool], ...], until: datetime) -> list[Link]:
    has_some = changed_rows(db.session, claim.execution_options(synchronize_session=False))
    db.session.commit()
    if not has_some:
        return []
    return list(db.session.scalars(select(Link).where(*those, Link.claimed_until == until)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_free = or_(Link.claimed_until.is_(None), Link.claimed_until <= now)
    return and_(Link.next_check_at <= now, is_free)
