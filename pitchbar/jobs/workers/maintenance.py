"""The thread beside the consumers of a process: heartbeats, leases, the sweep, pauses."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from pitchbar.core import clock
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.claims import HEARTBEAT_SECONDS, renew_lease
from pitchbar.jobs.ledger.connection import Ledger
from pitchbar.jobs.ledger.outages import is_away
from pitchbar.jobs.workers.consumer import Consumer, Gate

log = logging.getLogger(__name__)
_TICK_SECONDS = 1.0
_RESEND_EVERY_SECONDS = 2.0
_CLOCK_SLACK_SECONDS = 2.0


class Steward:
    """Looks after the consumers of one process.

    Args:
        consumers: those to look after; the list may change.
        each_tick: what else to do each second, such as watching memory.
    """

    def __init__(
        self,
        consumers: Sequence[Consumer],
        queues: Sequence[str],
        ledger: Ledger,
        gate: Gate,
        each_tick: Callable[[], None],
    ) -> None:
        self._consumers = consumers
        self._queues = tuple(queues)
        self._ledger = ledger
        self._gate = gate
        self._each_tick = each_tick
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._beat_at = self._resend_at = 0.0
        self._well_since = float("-inf")
        self._clock: tuple[datetime, float] | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True, name="job-steward")
        self._thread.start()

    def close(self) -> None:
        """Ends the thread, and takes the workers off the list."""
        self._closed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(3)
        for consumer in self._consumers:
            self._try(partial(heartbeats.forget_worker, self._ledger, consumer.name))

    def release_all(self, reason: str) -> None:
        """Gives back what is still in hand, its tries too."""
        for consumer in self._consumers:
            sweeping.release_attempts_of(self._ledger, consumer.name, reason)

    def _run(self) -> None:
        self.tick()
        while not self._closed.wait(_TICK_SECONDS):
            self.tick()
        self._ledger.release()

    def tick(self) -> None:
        """What is done each second; a step that fails does not keep the others from being done."""
        self._try(self._each_tick)
        self._try(self._look_at_pauses)
        if time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + HEARTBEAT_SECONDS
            self._try(self._beat)
            self._try(self._watch_clock)
            self._try(self._end_lost)
        if self._gate.stop.is_set():
            return
        self._try(lambda: sweeping.send_due(self._ledger, self._queues))
        if time.monotonic() >= self._resend_at:
            self._resend_at = time.monotonic() + _RESEND_EVERY_SECONDS
            running = set(self._queues) - self._gate.paused
            self._try(lambda: sweeping.send_again(self._ledger, sorted(running)))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            if is_away(error):
                self._well_since = time.monotonic()
            log.warning("steward: %s", error)

    def _look_at_pauses(self) -> None:
        self._gate.paused = heartbeats.list_paused(self._ledger)

    def _beat(self) -> None:
        for consumer in tuple(self._consumers):
            held = consumer.in_hand.get()
            if held and not consumer.in_hand.is_late(grace_seconds=HEARTBEAT_SECONDS):
                renew_lease(self._ledger, *held)
            heartbeats.beat(
                self._ledger,
                consumer.name,
                consumer.queue,
                consumer.started_at,
                held[0] if held else None,
            )

    def _watch_clock(self) -> None:
        at, ticks = clock.now(), time.monotonic()
        known, self._clock = self._clock, (at, ticks)
        if known is None:
            sweeping.mend_clock(self._ledger)
            return
        moved = (at - known[0]).total_seconds() - (ticks - known[1])
        if moved < -_CLOCK_SLACK_SECONDS:
            log.warning("the clock was set back by %.0f s", -moved)
            sweeping.mend_clock(self._ledger)

    def _end_lost(self) -> None:
        # After the database was away, the living renew their leases before any is called dead.
        if time.monotonic() - self._well_since > HEARTBEAT_SECONDS * 1.5:
            sweeping.end_lost(self._ledger)
