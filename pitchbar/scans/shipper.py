"""The thread that carries lines from the spool to the inbox."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from pitchbar.scans.deliveries import Deliveries
from pitchbar.scans.draining import DrainSignal
from pitchbar.scans.hour_counts import HourCounts
from pitchbar.scans.segments import Segment, each_line
from pitchbar.scans.spool import Spool
from pitchbar.scans.syncer import Syncer

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.05
_ADOPT_SECONDS = 5.0
_MAX_PAUSE_SECONDS = 5.0
# About 500 scans.
_BATCH_BYTES = 150_000
# What waits so long is called for again: whoever was called may be dead.
_REMIND_SECONDS = 10.0
# At the end, for receipts: what is stored by then need not be shipped again by the next process.
_LAST_RECEIPTS_SECONDS = 2.0


class Shipper:
    """Ships every 50 ms what is new and synced; deletes a segment when all of it is stored.

    Args:
        deliveries: what was put into the inbox.
        drain_signal: has lines ingested that were put; None where the inbox does it by itself.
        after_pass: called after each pass, whatever became of it; must not raise.
        counts: hears of all lines that this process wrote; None where nobody asks.
    """

    def __init__(
        self,
        spool: Spool,
        deliveries: Deliveries,
        drain_signal: DrainSignal | None = None,
        after_pass: Callable[[], None] = lambda: None,
        counts: HourCounts | None = None,
    ) -> None:
        self._counts = counts
        self._spool = spool
        self._deliveries = deliveries
        self._drain_signal = drain_signal
        self._after_pass = after_pass
        self._syncer = Syncer(spool)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._adopt_at = 0.0
        self._remind_at = 0.0
        self._pause = INTERVAL_SECONDS

    def start(self) -> None:
        self._stop = threading.Event()
        self._syncer.start(self._stop)
        self._thread = threading.Thread(target=self._run, daemon=True, name="shipper")
        self._thread.start()

    def start_in_child(self) -> None:
        """Threads do not survive a fork; a child of a process that ships, ships too."""
        self._deliveries.clear()
        if self._thread is not None and not self._stop.is_set():
            self.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Ships what is left, as far as the inbox takes it; what is not stored stays on disk."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._pause):
            self._try_to_ship()
        self._spool.close()
        until = time.monotonic() + _LAST_RECEIPTS_SECONDS
        while self._try_to_ship() and self._deliveries and time.monotonic() < until:
            time.sleep(INTERVAL_SECONDS)
        if self._counts is not None:
            self._counts.flush(is_last=True)

    def _try_to_ship(self) -> bool:
        try:
            self.ship()
            self._pause = INTERVAL_SECONDS
            return True
        except Exception as error:
            self._pause = min(_MAX_PAUSE_SECONDS, max(0.5, self._pause * 2))
            log.error("%s wait in the spool: %s", self._spool.kind, error)
            return False
        finally:
            self._after_pass()

    def ship(self) -> None:
        """One pass. Raises what the inbox raises; nothing is forgotten then."""
        with contextlib.suppress(OSError):
            self._spool.flush_overflow()
        if time.monotonic() >= self._adopt_at:
            self._adopt_at = time.monotonic() + _ADOPT_SECONDS
            for segment in self._spool.adopt():
                log.info("adopted %s of a process that is gone", segment.path.name)
        try:
            self._count_lines()
            self._deliveries.collect_receipts()
            for segment in self._spool.segments():
                self._ship_segment(segment)
            self._ship_overflow()
            if self._deliveries.put_forgotten_again():
                self._mark()
        finally:
            # An inbox that is full gets room only when somebody empties it.
            self._call_for_ingestion()

    def _mark(self) -> None:
        self._remind_at = time.monotonic() + _REMIND_SECONDS
        if self._drain_signal is not None:
            self._drain_signal.mark()

    def _call_for_ingestion(self) -> None:
        if self._deliveries and time.monotonic() >= self._remind_at:
            self._mark()
        if self._drain_signal is not None:
            self._drain_signal.flush()

    def _count_lines(self) -> None:
        """Before anything can fail: what waits is counted as well."""
        if self._counts is not None:
            for segment in self._spool.segments():
                self._count_synced(segment)
            self._counts.flush()

    def _count_synced(self, segment: Segment) -> None:
        """Those of a process that is gone were counted by it."""
        if self._counts is not None and not segment.is_adopted:
            while lines := segment.read_uncounted(_BATCH_BYTES):
                self._counts.add_lines(each_line(lines))

    def _ship_segment(self, segment: Segment) -> None:
        segment.sync()
        self._count_synced(segment)
        while self._deliveries.has_room() and (batch := segment.read_synced(_BATCH_BYTES)):
            self._deliveries.put(batch, segment)
            segment.shipped += len(batch)
            self._mark()
            # That was the end. What was written meanwhile makes a fuller batch a little later.
            if len(batch) < _BATCH_BYTES // 2:
                break
        self._spool.retire(segment)

    def _ship_overflow(self) -> None:
        held = self._spool.overflow
        while held:
            lines = [held[i] for i in range(min(500, len(held)))]
            self._deliveries.put(b"".join(lines))
            if self._counts is not None:
                self._counts.add_lines(lines)
            for _ in lines:
                held.popleft()
            self._mark()
