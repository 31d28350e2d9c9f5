"""What attempts came to: written down many at once, with what becomes of their deliveries."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, literal, select, update

from pitchbar.core import clock
from pitchbar.core.database import begin_synced
from pitchbar.webhooks.models import DELIVERED, FAILED, WAITING, Attempt, Delivery, Endpoint
from pitchbar.webhooks.sending import Result

GONE, TOO_MANY = 410, 429
_JITTER = 0.15
# What an endpoint may ask for, and what it gets when it only says that it is too much.
_LONGEST_REST, _USUAL_REST = 3600.0, 60.0


@dataclass(frozen=True)
class Retries:
    """Seconds before the second try, the third and so on."""

    waits: tuple[float, ...]

    def seconds_after(self, tries: int) -> float | None:
        """Until the next try, give or take a share, so that they do not come back in step; None
        when it was the last.
        """
        if tries > len(self.waits):
            return None
        return self.waits[tries - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)


@dataclass(frozen=True)
class Ending:
    """What becomes of a delivery."""

    state: str
    tries: int
    due_at: datetime
    rest_until: datetime | None = None


def ending_of(result: Result, retries: Retries, now: datetime) -> Ending:
    """One that was told to wait is not a try: it would have been taken, only later."""
    tries = result.due.tries
    if result.is_taken:
        return Ending(DELIVERED, tries + 1, now)
    if result.status == GONE:
        return Ending(FAILED, tries + 1, now)
    asked = None if result.retry_after is None else min(result.retry_after, _LONGEST_REST)
    if result.status == TOO_MANY:
        until = now + timedelta(seconds=_USUAL_REST if asked is None else max(1.0, asked))
        return Ending(WAITING, tries, until, until)
    seconds = retries.seconds_after(tries + 1)
    if seconds is None:
        return Ending(FAILED, tries + 1, now)
    return Ending(WAITING, tries + 1, now + timedelta(seconds=max(seconds, asked or 0.0)))


def store_results(engine: Engine, results: Sequence[Result], retries: Retries) -> None:
    """In one transaction. What somebody ended meanwhile stays as it is."""
    now = clock.now()
    endings = [(result, ending_of(result, retries, now)) for result in results]
    with engine.begin() as connection:
        begin_synced(connection)
        # A delivery goes with its endpoint, also while it is under way.
        there = _deliveries_there(connection, [one.due.delivery_id for one in results])
        endings = [pair for pair in endings if pair[0].due.delivery_id in there]
        if endings:
            connection.execute(insert(Attempt), [_attempt(result) for result, _ in endings])
            connection.execute(_END, [_changes(*pair, now) for pair in endings])
            _note_health(connection, endings, now)


_END = (
    update(Delivery)
    .where(Delivery.id == bindparam("delivery_id"), Delivery.state == WAITING)
    .values(
        state=bindparam("new_state"),
        tries=bindparam("new_tries"),
        due_at=bindparam("new_due_at"),
        ended_at=bindparam("new_ended_at"),
        last_status=bindparam("status"),
        last_error=bindparam("error"),
    )
)


def _deliveries_there(connection: Connection, ids: Sequence[int]) -> set[int]:
    chosen = select(Delivery.id).where(Delivery.id.in_(ids)).order_by(Delivery.id)
    return set(connection.scalars(chosen.with_for_update(read=True)))


def _attempt(result: Result) -> dict[str, Any]:
    names = ("at", "elapsed_ms", "status", "error", "request_headers", "answer_headers")
    return {
        "workspace_id": result.due.workspace_id,
        "delivery_id": result.due.delivery_id,
        **{name: getattr(result, name) for name in names},
        "answer_body": result.answer_body,
        "answer_was_cut": result.answer_was_cut,
    }


def _changes(result: Result, ending: Ending, now: datetime) -> dict[str, Any]:
    return {
        "delivery_id": result.due.delivery_id,
        "new_state": ending.state,
        "new_tries": ending.tries,
        "new_due_at": ending.due_at,
        "new_ended_at": None if ending.state == WAITING else now,
        "status": result.status,
        "error": result.error,
    }


def _note_health(
    connection: Connection, endings: Sequence[tuple[Result, Ending]], now: datetime
) -> None:
    """Of each endpoint: since when nothing was taken, and whether it asked for a rest."""
    by_endpoint: dict[int, list[tuple[Result, Ending]]] = defaultdict(list)
    for pair in endings:
        by_endpoint[pair[0].due.endpoint_id].append(pair)
    for endpoint_id, pairs in sorted(by_endpoint.items()):
        values = _health(pairs, now)
        connection.execute(update(Endpoint).where(Endpoint.id == endpoint_id).values(values))


def _health(pairs: Sequence[tuple[Result, Ending]], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    rests = [ending.rest_until for _, ending in pairs if ending.rest_until]
    if rests:
        values["resting_until"] = max(rests)
    failed = [result for result, _ in pairs if not result.is_taken]
    if len(failed) < len(pairs):
        # Whatever else it refused: it takes messages.
        return values | {"failing_since": None, "failures": 0, "delivered_at": now}
    first = min(result.at for result in failed)
    since = func.coalesce(Endpoint.failing_since, literal(first, Endpoint.failing_since.type))
    return values | {"failing_since": since, "failures": Endpoint.failures + len(failed)}
