"""Which destinations are to be looked at: those of active codes, and of their rules."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, or_, select

from pitchbar.codes.models import ACTIVE, Code
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.link_health.models import NEW, Link
from pitchbar.rules.models import Rule

# Hosts that stand for others in examples (RFC 2606): nobody is there.
_EXAMPLES = (".example", ".test", ".invalid", ".localhost")
_BATCH = 500


def sync_all(spread: timedelta) -> None:
    """Commits in between. What is new is looked at within `spread`."""
    last_id = 0
    while ids := _next_ids(last_id):
        sync_links(ids, spread)
        db.session.commit()
        last_id = ids[-1]


def sync_links(code_ids: Sequence[int], spread: timedelta = timedelta(0)) -> None:
    """Begins with what these codes lead to now, and ends with what they led to before."""
    wanted = _destinations_of(code_ids)
    known = select(Link.id, Link.code_id, Link.url_key).where(Link.code_id.in_(code_ids))
    gone = [link_id for link_id, *key in db.session.execute(known) if tuple(key) not in wanted]
    db.session.execute(
        delete(Link).where(Link.id.in_(gone)).execution_options(synchronize_session="fetch")
    )
    now = clock.now()
    rows = [
        _row(workspace_id, key, url, now + spread * random.random())
        for key, (workspace_id, url) in wanted.items()
    ]
    for start in range(0, len(rows), _BATCH):
        fresh = insert_into(db.session.connection(), Link).on_conflict_do_nothing()
        db.session.execute(fresh, rows[start : start + _BATCH])


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def key_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _next_ids(after: int) -> list[int]:
    """Also of codes that lead nowhere any more: their links go."""
    query = select(Code.id).where(Code.id > after).order_by(Code.id).limit(_BATCH)
    return list(db.session.scalars(query))


def _destinations_of(code_ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, str]]:
    """By code and key of the address: the workspace, and the address."""
    leading = _leading_codes(code_ids)
    found: dict[int, list[str]] = defaultdict(list)
    for code_id, _, url in leading:
        found[code_id].append(url)
    query = select(Rule).where(Rule.code_id.in_(list(found)), Rule.is_enabled.is_(True))
    for rule in db.session.scalars(query.order_by(Rule.position)):
        found[rule.code_id] += _urls_of(rule)
    return {
        (code_id, key_of(url)): (workspace_id, url)
        for code_id, workspace_id, _ in leading
        for url in found[code_id]
        if _is_somewhere(url)
    }


def _leading_codes(code_ids: Sequence[int]) -> list[tuple[int, int, str]]:
    is_going_on = or_(Code.ends_at.is_(None), Code.ends_at > clock.now())
    query = select(Code.id, Code.workspace_id, Code.destination_url).where(
        Code.id.in_(code_ids), Code.status == ACTIVE, Code.deleted_at.is_(None), is_going_on
    )
    return [(id, workspace_id, url) for id, workspace_id, url in db.session.execute(query)]


def _urls_of(rule: Rule) -> Iterator[str]:
    yield rule.destination_url
    yield from (str(variant.get("destination_url") or "") for variant in rule.split or ())


def _is_somewhere(url: str) -> bool:
    return bool(host_of(url)) and not f".{host_of(url)}".endswith(_EXAMPLES)


def _row(workspace_id: int, key: tuple[int, str], url: str, due: datetime) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "code_id": key[0],
        "url": url,
        "url_key": key[1],
        "host": host_of(url),
        "state": NEW,
        "failures": 0,
        "said": "",
        "final_url": "",
        "next_check_at": due,
    }
