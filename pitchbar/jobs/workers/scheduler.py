"""The loop of `pitchbar schedule`: each minute the schedule, and the sweep with it."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from pitchbar.core import clock
from pitchbar.jobs.declaration import Task, list_scheduled_tasks
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.queues import QUEUES
from pitchbar.jobs.schedule import Schedule
from pitchbar.jobs.workers.stop_flag import StopFlag

log = logging.getLogger(__name__)
_RETRY_SECONDS = 2.0


class Scheduler:
    """Starts every declared task with a schedule, or just `tasks`. A second one does no harm."""

    def __init__(self, database_url: str, tasks: Iterable[Task] | None = None) -> None:
        self._ledger = LedgerConnection(database_url)
        self._schedule = Schedule(self._ledger, list_scheduled_tasks() if tasks is None else tasks)
        self._stopped = StopFlag()
        self._name = heartbeats.worker_name("schedule")
        self._started_at = clock.now()

    def start(self) -> None:
        """As a thread, embedded."""
        threading.Thread(target=self.run, daemon=True, name="schedule").start()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until `stop()`."""
        while not self._stopped.is_set():
            # A step that fails does not keep the others from being done.
            done = [self._try(step) for step in (self._record_heartbeat, self._tick, self._sweep)]
            # When the database was away the minute is tried again, while it lasts.
            left = _seconds_to_next_minute()
            self._stopped.wait(left if all(done) else min(left, _RETRY_SECONDS))
        self._try(lambda: heartbeats.remove_worker(self._ledger, self._name))
        self._ledger.close()

    def _try(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except Exception as error:
            log.warning("schedule: %s", error)
            return False
        return True

    def _tick(self) -> None:
        self._schedule.tick()

    def _record_heartbeat(self) -> None:
        heartbeats.record_heartbeat(self._ledger, self._name, "schedule", self._started_at, None)

    def _sweep(self) -> None:
        sweeping.send_due_jobs(self._ledger, QUEUES)
        sweeping.resend_lost_messages(self._ledger, QUEUES)
        sweeping.end_expired_leases(self._ledger)


def _seconds_to_next_minute() -> float:
    return 60.0 - time.time() % 60.0 + 0.05
