"""Hears what happens in the house, and writes down what leaves it."""

import os
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.orm import SessionTransaction

from pitchbar.core import clock
from pitchbar.core.tracing import request_id
from pitchbar.events import facts
from pitchbar.events.facts import Facts
from pitchbar.events.outward import OutwardEvent, listen
from pitchbar.events.services import Event
from pitchbar.extensions import bus, db
from pitchbar.webhooks.calling import call_pumps, call_pumps_soon
from pitchbar.webhooks.models import ON, Endpoint, Fact, Subscription
from pitchbar.webhooks.outbox import new_message, post, slugs_of

TOPIC = "webhooks"
# Without a message on the bus, so long may a process not know of a new endpoint.
_KNOWN_SECONDS = 2.0
# What tells that a transaction of scans or conversions is committed, in the same process.
_COMMITTED = ("scans", "conversions")


class Wants:
    """Which workspaces want what, as one look at the database says for all of them."""

    def __init__(self) -> None:
        self._by_event: dict[str, set[int]] = {}
        self._engine: Engine | None = None
        self._until = 0.0

    def forget(self, _message: dict[str, Any] | None = None) -> None:
        self._until = 0.0

    def of(self, connection: Connection, event: str) -> set[int]:
        if time.monotonic() >= self._until or connection.engine is not self._engine:
            # Before the look: what is said meanwhile leads to another one.
            self._until = time.monotonic() + _KNOWN_SECONDS
            self._engine = connection.engine
            self._by_event = _read_wants(connection)
        return self._by_event.get(event, set())


class Hearing:
    """Of facts, in the transaction that stores them; in every process that does."""

    def __init__(self) -> None:
        self.wants = Wants()
        self._process = 0

    def wanted(self, connection: Connection, name: str, workspace_ids: Collection[int]) -> set[int]:
        self._join_bus()
        return self.wants.of(connection, name) & set(workspace_ids)

    def tell(self, connection: Connection, facts: Sequence[Facts]) -> None:
        rows = [
            {
                "workspace_id": one.workspace_id,
                "event": one.name,
                "told_at": one.at,
                "items": list(one.items),
                "visitors": list(one.visitors),
            }
            for one in facts
        ]
        connection.execute(insert(Fact), rows)
        call_pumps_soon.mark(connection.engine)

    def _join_bus(self) -> None:
        """In the process that stores, and not in the one that it was forked from."""
        if self._process == os.getpid():
            return
        is_first, self._process = not self._process, os.getpid()
        bus.subscribe(TOPIC, self.wants.forget)
        for topic in _COMMITTED if is_first else ():
            bus.subscribe(topic, call_pumps_soon.flush)


hearing = Hearing()
_known_wants: WeakKeyDictionary[SessionTransaction, dict[tuple[int, str], bool]] = (
    WeakKeyDictionary()
)


def register() -> None:
    listen(hear_event)
    facts.listen(hearing)


def hear_event(outward: OutwardEvent, event: Event) -> None:
    """Within the transaction of the event, in which it is asked once whether anybody chose it."""
    workspace_id = event.subject.workspace_id
    if workspace_id is None or not _is_wanted(workspace_id, outward.name):
        return
    connection = db.session.connection()
    slug = slugs_of(connection, [workspace_id])[workspace_id]
    message = new_message(
        workspace_id,
        slug,
        outward.name,
        outward.data_of(event),
        clock.now(),
        request_id=request_id(),
    )
    post(connection, [message])
    call_pumps()


def _is_wanted(workspace_id: int, name: str) -> bool:
    """A thousand codes may be changed at once."""
    transaction = db.session().get_transaction()
    if transaction is None:
        return _has_endpoint(workspace_id, name)
    known = _known_wants.setdefault(transaction, {})
    key = (workspace_id, name)
    if key not in known:
        known[key] = _has_endpoint(workspace_id, name)
    return known[key]


def _has_endpoint(workspace_id: int, name: str) -> bool:
    chosen = (
        select(Endpoint.id)
        .join(Subscription, Subscription.endpoint_id == Endpoint.id)
        .where(Subscription.workspace_id == workspace_id, Subscription.event == name)
        .where(Endpoint.state == ON)
    )
    return db.session.execute(chosen.limit(1)).first() is not None


def _read_wants(connection: Connection) -> dict[str, set[int]]:
    chosen = (
        select(Subscription.event, Subscription.workspace_id)
        .join(Endpoint, Endpoint.id == Subscription.endpoint_id)
        .where(Endpoint.state == ON)
        .distinct()
    )
    found: dict[str, set[int]] = defaultdict(set)
    for row in connection.execute(chosen):
        found[row.event].add(row.workspace_id)
    return found
