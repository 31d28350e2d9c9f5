"""The thread that carries lines from the spool to the inbox."""

import contextlib
import logging
import threading
import time

from pitchbar.scans.draining import DrainSignal
from pitchbar.scans.inbox import Inbox
from pitchbar.scans.segments import Segment
from pitchbar.scans.spool import Spool

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.05
_ADOPT_SECONDS = 5.0
_MAX_PAUSE_SECONDS = 5.0
# About 500 scans.
_BATCH_BYTES = 150_000


class Shipper:
    """Ships every 50 ms what is new; deletes a segment when the inbox has all of it.

    Args:
        drain_signal: has lines ingested that were put; None where the inbox does it by itself.
    """

    def __init__(self, spool: Spool, inbox: Inbox, drain_signal: DrainSignal | None = None) -> None:
        self._spool = spool
        self._inbox = inbox
        self._drain_signal = drain_signal
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._adopt_at = 0.0
        self._pause = INTERVAL_SECONDS

    def start(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="shipper")
        self._thread.start()

    def start_in_child(self) -> None:
        """Threads do not survive a fork; a child of a process that ships, ships too."""
        if self._thread is not None and not self._stop.is_set():
            self.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Ships what is left, as far as the inbox takes it; the rest stays on disk."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._pause):
            self._try_to_ship()
        self._spool.close()
        self._try_to_ship()

    def _try_to_ship(self) -> None:
        try:
            self.ship()
            self._pause = INTERVAL_SECONDS
        except Exception as error:
            self._pause = min(_MAX_PAUSE_SECONDS, max(0.5, self._pause * 2))
            log.error("scans wait in the spool: %s", error)

    def ship(self) -> None:
        """One pass. Raises what the inbox raises; nothing is forgotten then."""
        with contextlib.suppress(OSError):
            self._spool.flush_overflow()
        if time.monotonic() >= self._adopt_at:
            self._adopt_at = time.monotonic() + _ADOPT_SECONDS
            for segment in self._spool.adopt():
                log.info("adopted %s of a process that is gone", segment.path.name)
        for segment in self._spool.segments():
            self._ship_segment(segment)
        self._ship_overflow()
        if self._drain_signal is not None:
            self._drain_signal.flush()

    def _put(self, lines: bytes) -> None:
        self._inbox.put(lines)
        if self._drain_signal is not None:
            self._drain_signal.mark()

    def _ship_segment(self, segment: Segment) -> None:
        while batch := segment.read(_BATCH_BYTES):
            self._put(batch)
            segment.shipped += len(batch)
            # That was the end. What was written meanwhile makes a fuller batch a little later.
            if len(batch) < _BATCH_BYTES // 2:
                break
        self._spool.retire(segment)

    def _ship_overflow(self) -> None:
        held = self._spool.overflow
        while held:
            lines = [held[i] for i in range(min(500, len(held)))]
            self._put(b"".join(lines))
            for _ in lines:
                held.popleft()
