"""The thread beside the consumers of a process: heartbeats, leases, the sweep, pauses."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from pitchbar.core import clock
from pitchbar.core.database import is_database_down
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.claims import HEARTBEAT_SECONDS, renew_lease
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.workers.consumer import Consumer, WorkerControl

log = logging.getLogger(__name__)
_PERIOD_SECONDS = 1.0
_RESEND_EVERY_SECONDS = 2.0
_CLOCK_SLACK_SECONDS = 2.0


class MaintenanceThread:
    """Looks after the consumers of one process.

    Args:
        consumers: those to look after; the list may change.
        each_time: what else to do each second, such as watching memory.
    """

    def __init__(
        self,
        consumers: Sequence[Consumer],
        queues: Sequence[str],
        ledger: LedgerConnection,
        control: WorkerControl,
        each_time: Callable[[], None],
    ) -> None:
        self._consumers = consumers
        self._queues = tuple(queues)
        self._ledger = ledger
        self._control = control
        self._each_time = each_time
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._renew_at = self._resend_at = 0.0
        self._database_up_since = float("-inf")
        self._clock: tuple[datetime, float] | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True, name="job-maintenance")
        self._thread.start()

    def close(self) -> None:
        """Ends the thread, and takes the workers off the list."""
        self._closed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(3)
        for consumer in self._consumers:
            self._try(partial(heartbeats.remove_worker, self._ledger, consumer.name))

    def release_current_jobs(self, reason: str) -> None:
        """Gives back what is still in hand, its tries too."""
        for consumer in self._consumers:
            sweeping.release_attempts_of_worker(self._ledger, consumer.name, reason)

    def _run(self) -> None:
        self.run_once()
        while not self._closed.wait(_PERIOD_SECONDS):
            self.run_once()
        self._ledger.release()

    def run_once(self) -> None:
        """What is done each second; a step that fails does not keep the others from being done."""
        self._try(self._each_time)
        self._try(self._read_paused_queues)
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + HEARTBEAT_SECONDS
            self._try(self._renew_leases)
            self._try(self._check_clock)
            self._try(self._end_expired_leases)
        if self._control.stop.is_set():
            return
        self._try(lambda: sweeping.send_due_jobs(self._ledger, self._queues))
        if time.monotonic() >= self._resend_at:
            self._resend_at = time.monotonic() + _RESEND_EVERY_SECONDS
            running = set(self._queues) - self._control.paused
            self._try(lambda: sweeping.resend_lost_messages(self._ledger, sorted(running)))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            if is_database_down(error):
                self._database_up_since = time.monotonic()
            log.warning("maintenance: %s", error)

    def _read_paused_queues(self) -> None:
        self._control.paused = heartbeats.list_paused_queues(self._ledger)

    def _renew_leases(self) -> None:
        for consumer in tuple(self._consumers):
            held = consumer.current_job.get()
            if held and not consumer.current_job.is_overdue(grace_seconds=HEARTBEAT_SECONDS):
                renew_lease(self._ledger, *held)
            heartbeats.record_heartbeat(
                self._ledger,
                consumer.name,
                consumer.queue,
                consumer.started_at,
                held[0] if held else None,
            )

    def _check_clock(self) -> None:
        at, ticks = clock.now(), time.monotonic()
        known, self._clock = self._clock, (at, ticks)
        if known is None:
            sweeping.repair_clock_skew(self._ledger)
            return
        moved = (at - known[0]).total_seconds() - (ticks - known[1])
        if moved < -_CLOCK_SLACK_SECONDS:
            log.warning("the clock was set back by %.0f s", -moved)
            sweeping.repair_clock_skew(self._ledger)

    def _end_expired_leases(self) -> None:
        # After the database was away, the living renew their leases before any is called dead.
        if time.monotonic() - self._database_up_since > HEARTBEAT_SECONDS * 1.5:
            sweeping.end_expired_leases(self._ledger)
