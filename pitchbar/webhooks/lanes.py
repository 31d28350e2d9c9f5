"""Lanes: one for each endpoint that has something due. A process holds a lane by a lease, and
nobody else sends to that endpoint meanwhile.
"""

import os
import socket
import uuid
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, or_, select, text, update

from pitchbar.core import clock
from pitchbar.core.encryption import Keys, Unreadable, decrypt
from pitchbar.webhooks.due_lanes import find_due, seconds_to_next
from pitchbar.webhooks.models import ON, Endpoint, Message
from pitchbar.webhooks.sending import Due

LEASE_SECONDS = 10.0
# A lane that has not been seen to be quick gets no more at once.
_AT_FIRST = 2
_SLOW_SECONDS = 1.0
# What fails at once takes up nobody; what fails after this time may hang the next time.
_LATE_FAILURE_MS = 250
# What lies ready in memory, in all lanes together, and in one at least.
_READY, _READY_IN_LANE = 1000, 5
_LANES_IN_STATEMENT = 40
_IN_LANE = (
    "SELECT * FROM (SELECT id, endpoint_id, workspace_id, message_id, tries FROM webhook_deliveries"
    " WHERE state = 'waiting' AND endpoint_id = {endpoint_id} AND due_at <= :now"
    " ORDER BY due_at, id LIMIT :most) AS lane_{endpoint_id}"
)


@dataclass
class Lane:
    """An endpoint that this process holds, with what it sends there."""

    endpoint_id: int
    url: str
    secrets: tuple[str, ...]
    is_failing: bool
    # It has taken a message, and quickly, as far as is known: then it is let go ahead.
    is_proven: bool
    waiting: deque[Due] = field(default_factory=deque)
    # By the ids of the deliveries: since when.
    in_flight: dict[int, float] = field(default_factory=dict)
    may_have_more: bool = True
    was_slow: bool = False
    not_before: float = 0.0

    def is_slow(self, now: float) -> bool:
        """Such lanes share a part of the threads, so that they can take up no other; so do those
        of which nothing is known yet.
        """
        if self.is_failing or self.was_slow or not self.is_proven:
            return True
        return any(now - since > _SLOW_SECONDS for since in self.in_flight.values())

    def may_send(self, now: float, concurrency: int) -> bool:
        most = concurrency if self.is_proven and not self.was_slow else min(_AT_FIRST, concurrency)
        return bool(self.waiting) and len(self.in_flight) < most and now >= self.not_before

    def take(self, now: float, rate: float) -> Due:
        due = self.waiting.popleft()
        self.in_flight[due.delivery_id] = now
        self.not_before = max(now, self.not_before) + 1 / rate
        return due

    def end(self, delivery_id: int, elapsed_ms: int, is_taken: bool) -> None:
        self.in_flight.pop(delivery_id, None)
        self.was_slow = elapsed_ms > _SLOW_SECONDS * 1000
        self.is_proven = not self.was_slow and (is_taken or self.is_proven)
        self.is_failing = not is_taken and (self.is_failing or elapsed_ms > _LATE_FAILURE_MS)

    @property
    def known(self) -> set[int]:
        """Deliveries that lie ready or are under way."""
        return {*self.in_flight, *(one.delivery_id for one in self.waiting)}

    @property
    def is_idle(self) -> bool:
        return not self.in_flight and not self.waiting


class LaneHolder:
    """Takes lanes, renews them and gives them back, under a name of its own."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys
        self.name = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def take_due(self, most: int) -> list[Lane]:
        """Lanes with something due that nobody holds, those that wait longest first."""
        now = clock.now()
        with self._engine.connect() as connection:
            ids = [one.endpoint_id for one in find_due(connection, now, most)]
        if not ids:
            return []
        free = (
            select(Endpoint.id)
            .where(Endpoint.id.in_(ids), Endpoint.state == ON)
            .where(or_(Endpoint.lane_until.is_(None), Endpoint.lane_until <= now))
            .order_by(Endpoint.id)
            .with_for_update(skip_locked=True)
        )
        by_id = {lane.endpoint_id: lane for lane in self._hold(free, now)}
        return [by_id[one] for one in ids if one in by_id]

    def renew(self, endpoint_ids: Collection[int]) -> dict[int, Lane]:
        """What the lanes are now; without those that are lost, removed or switched off."""
        mine = select(Endpoint.id).where(
            Endpoint.id.in_(endpoint_ids),
            Endpoint.lane_holder == self.name,
            Endpoint.state == ON,
        )
        return {lane.endpoint_id: lane for lane in self._hold(mine, clock.now())}

    def give_back(self, endpoint_ids: Collection[int]) -> None:
        self._set_until(endpoint_ids, {"lane_holder": None, "lane_until": None})

    def keep(self, endpoint_ids: Collection[int], seconds: float) -> None:
        """For what is still under way while nobody renews."""
        until = clock.now() + timedelta(seconds=seconds)
        self._set_until(endpoint_ids, {"lane_until": until})

    def load(self, lanes: Collection[Lane]) -> None:
        """Fills those that run low with what is due, in the order in which it is."""
        now, room = clock.now(), max(_READY_IN_LANE, _READY // max(1, len(lanes)))
        hungry = [one for one in lanes if one.may_have_more and len(one.waiting) <= room // 2]
        for start in range(0, len(hungry), _LANES_IN_STATEMENT):
            self._load(hungry[start : start + _LANES_IN_STATEMENT], room, now)

    def seconds_to_next(self, within: float) -> float | None:
        """Until something can be sent: 0 when it is now, None when it is later."""
        with self._engine.connect() as connection:
            return seconds_to_next(connection, within)

    def _load(self, lanes: Sequence[Lane], room: int, now: datetime) -> None:
        by_id = {lane.endpoint_id: lane for lane in lanes}
        each = " UNION ALL ".join(_IN_LANE.format(endpoint_id=int(one)) for one in by_id)
        most = room + max(len(lane.known) for lane in lanes)
        statement = text(each).bindparams(bindparam("now", type_=Endpoint.created_at.type))
        with self._engine.connect() as connection:
            rows = connection.execute(statement, {"now": now, "most": most}).all()
            messages = _messages(connection, {row.message_id for row in rows})
        for lane in lanes:
            lane.may_have_more = False
        counts: dict[int, int] = dict.fromkeys(by_id, 0)
        for row in rows:
            lane = by_id[row.endpoint_id]
            counts[row.endpoint_id] += 1
            lane.may_have_more = counts[row.endpoint_id] >= most
            if row.id not in lane.known and row.message_id in messages:
                message = messages[row.message_id]
                lane.waiting.append(
                    Due(
                        row.id,
                        row.endpoint_id,
                        row.workspace_id,
                        row.message_id,
                        message.body,
                        row.tries,
                        message.request_id,
                    )
                )

    def _hold(self, which: Any, now: datetime) -> Iterable[Lane]:
        until = now + timedelta(seconds=LEASE_SECONDS)
        hold = (
            update(Endpoint)
            .where(Endpoint.id.in_(which))
            .values(lane_holder=self.name, lane_until=until)
            .returning(
                Endpoint.id,
                Endpoint.url,
                Endpoint.secret,
                Endpoint.previous_secret,
                Endpoint.previous_until,
                Endpoint.failures,
                Endpoint.delivered_at,
            )
        )
        with self._engine.begin() as connection:
            rows = connection.execute(hold).all()
        return [self._as_lane(row, now) for row in rows]

    def _as_lane(self, row: Any, now: datetime) -> Lane:
        sealed = [row.secret]
        if row.previous_secret and row.previous_until and row.previous_until > now:
            sealed.append(row.previous_secret)
        is_failing = row.failures > 0
        return Lane(
            row.id,
            row.url,
            open_secrets(sealed, self._keys),
            is_failing,
            row.delivered_at is not None and not is_failing,
        )

    def _set_until(self, endpoint_ids: Collection[int], values: dict[str, Any]) -> None:
        if endpoint_ids:
            mine = update(Endpoint).where(
                Endpoint.id.in_(endpoint_ids), Endpoint.lane_holder == self.name
            )
            with self._engine.begin() as connection:
                connection.execute(mine.values(**values))


def open_secrets(sealed: Iterable[str], keys: Keys) -> tuple[str, ...]:
    """Those that can be read; none, after `APP_KEY` was replaced."""
    found = []
    for one in sealed:
        try:
            found.append(decrypt(one, keys))
        except Unreadable:
            continue
    return tuple(found)


def _messages(connection: Any, message_ids: set[str]) -> dict[str, Any]:
    """By their ids: what is sent of them."""
    chosen = select(Message.id, Message.body, Message.request_id).where(Message.id.in_(message_ids))
    return {row.id: row for row in connection.execute(chosen)} if message_ids else {}
