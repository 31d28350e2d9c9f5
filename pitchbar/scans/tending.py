"""The thread that keeps what is counted in order, off the path of a scan."""

import atexit
import logging
import os
import threading
from multiprocessing.util import Finalize

from pitchbar.scans.counting import Counting

log = logging.getLogger(__name__)
_EVERY_SECONDS = 0.1


class Tending:
    """Runs until the process ends, in children that are forked later too."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting
        self._stop = threading.Event()

    def start(self) -> None:
        self._start_thread()
        atexit.register(self.stop)
        # Granian's workers are children of multiprocessing, which end without asking atexit.
        Finalize(None, self.stop, exitpriority=0)
        os.register_at_fork(after_in_child=self._start_in_child)

    def stop(self) -> None:
        """Gives back and tells what is left; a second time changes nothing."""
        if not self._stop.is_set():
            self._stop.set()
            self._counting.close()

    def _start_in_child(self) -> None:
        if not self._stop.is_set():
            self._counting.reset_after_fork()
            self._start_thread()

    def _start_thread(self) -> None:
        self._stop = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="counting").start()

    def _run(self) -> None:
        stop = self._stop
        while not stop.wait(_EVERY_SECONDS):
            try:
                self._counting.tend()
            except Exception:
                log.exception("what is counted is put in order again soon")
