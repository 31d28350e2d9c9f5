"""Joins facts to messages: many of one workspace and event to one, at most a second late."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select

from pitchbar.core import clock
from pitchbar.core.database import begin_synced
from pitchbar.events.outward import find_outward
from pitchbar.webhooks.models import Fact
from pitchbar.webhooks.outbox import Row, new_message, post, slugs_of

# The oldest waits so long for others, and all that have come by then go with it.
GATHER_SECONDS = 0.4
_MOST_FACTS = 1000
_MOST_ITEMS = 100


def join_facts(engine: Engine) -> int:
    """Makes messages of what waited long enough; returns how many facts that were."""
    ripe = Fact.told_at <= clock.now() - timedelta(seconds=GATHER_SECONDS)
    with engine.connect() as connection:
        if connection.execute(select(Fact.id).where(ripe).limit(1)).first() is None:
            return 0
    # Each is taken by one: whoever comes at the same time leaves it alone.
    oldest = select(Fact.id).order_by(Fact.id).limit(_MOST_FACTS).with_for_update(skip_locked=True)
    with engine.begin() as connection:
        begin_synced(connection)
        ids = list(connection.scalars(oldest))
        taken = delete(Fact).where(Fact.id.in_(ids)).returning(*Fact.__table__.columns)
        facts = connection.execute(taken).all()
        slugs = slugs_of(connection, {fact.workspace_id for fact in facts})
        post(connection, list(_messages(sorted(facts, key=lambda one: one.id), slugs)))
    return len(facts)


def has_facts(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(Fact.id).limit(1)).first() is not None


def _messages(facts: Sequence[Any], slugs: dict[int, str]) -> Iterator[Row]:
    groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for fact in facts:
        groups[fact.workspace_id, fact.event].append(fact)
    for (workspace_id, event), group in groups.items():
        slug, outward = slugs.get(workspace_id), find_outward(event)
        # A release that does not know the event any more, or a workspace that is gone.
        if slug is None or outward is None:
            continue
        items = [item for fact in group for item in fact.items]
        visitors = [visitor for fact in group for visitor in fact.visitors]
        at: datetime = group[-1].told_at
        for start in range(0, len(items), _MOST_ITEMS):
            part = slice(start, start + _MOST_ITEMS)
            data = {outward.list_name: items[part]}
            yield new_message(workspace_id, slug, event, data, at, visitors[part])
