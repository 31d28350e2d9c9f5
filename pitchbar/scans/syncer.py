"""The thread that makes accepted scans outlive a power cut."""

import logging
import threading

from pitchbar.scans.spool import Spool

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 0.05


class Syncer:
    """Syncs every 50 ms what is new in the spool.

    A thread of its own, because the shipper waits for the database or for Redis, and nothing is
    safe meanwhile that is not synced.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def start(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        threading.Thread(target=self._run, args=(stop,), daemon=True, name="syncer").start()

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(INTERVAL_SECONDS):
            try:
                for segment in self._spool.segments():
                    segment.sync()
            except Exception as error:
                log.error("%s are not synced: %s", self._spool.kind, error)
