"""The one lease on ticking, and the thread that keeps it, and the current job, alive."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from pitchbar.core import clock
from pitchbar.jobs.ledger import claims, heartbeats
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ticks.models import TickLease

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
"""A holder that is silent for this long is dead, and the next tick takes over."""
_HEARTBEAT_SECONDS = 5.0


def acquire_lease(ledger: LedgerConnection, holder: str) -> bool:
    """False when another pass is alive."""
    at = clock.now()
    lease = update(TickLease).where(TickLease.id == 1, _is_free(at))
    values = {"holder": holder, "held_until": _until(at)}
    return bool(ledger.execute(lease.values(**values)).rowcount)


def renew_lease(ledger: LedgerConnection, holder: str) -> bool:
    """False when another has taken over, because we were silent for too long."""
    lease = update(TickLease).where(TickLease.id == 1, TickLease.holder == holder)
    return bool(ledger.execute(lease.values(held_until=_until(clock.now()))).rowcount)


def release_lease(ledger: LedgerConnection, holder: str) -> None:
    lease = update(TickLease).where(TickLease.id == 1, TickLease.holder == holder)
    ledger.execute(lease.values(holder=None, held_until=None))


def is_lease_held(execute: Callable[[Any], Any]) -> bool:
    """Whether a pass is alive; `execute` runs a statement."""
    free = select(TickLease.id).where(TickLease.id == 1, _is_free(clock.now()))
    return execute(free).first() is None


def _is_free(at: datetime) -> ColumnElement[bool]:
    """Nobody has it, its time is over, or it lies where only a clock set back can have left it."""
    until = TickLease.held_until
    return or_(until.is_(None), until <= at, until > at + timedelta(seconds=2 * LEASE_SECONDS))


def _until(at: datetime) -> datetime:
    return at + timedelta(seconds=LEASE_SECONDS)


class LeaseHeartbeat:
    """Says every few seconds, from a thread of its own, that this pass and its job are alive.

    `current_job` is (job id, attempt) of what runs now. `is_lost` tells that another tick took
    over.
    """

    def __init__(self, ledger: LedgerConnection, holder: str, queues: tuple[str, ...]) -> None:
        self.current_job: tuple[int, int] | None = None
        self.is_lost = False
        self.worker = heartbeats.worker_name("tick")
        self._ledger = ledger
        self._holder = holder
        self._queues = ",".join(queues)
        self._started_at = clock.now()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="tick-heartbeat")

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            self._renew()
            if self._closed.wait(_HEARTBEAT_SECONDS):
                break
        self._ledger.release()

    def _renew(self) -> None:
        held = self.current_job
        try:
            if held:
                claims.renew_lease(self._ledger, *held)
            self.is_lost = not renew_lease(self._ledger, self._holder)
            job_id = held[0] if held else None
            heartbeats.record_heartbeat(
                self._ledger, self.worker, self._queues, self._started_at, job_id
            )
        except Exception as error:
            # The database is away: when it stays so, the leases lapse and others take over.
            log.warning("tick: no heartbeat: %s", error)
