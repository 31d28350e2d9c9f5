"""How many open pages are drawn at once.

A message may concern hundreds of pages. Drawn all at once they would share the processor with
whoever asks for a page just now, who would wait for all of them; by turns, for one or two.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AT_ONCE = 2
_LOOK_SECONDS = 0.25
# Rather drawn beside the others than not at all: one may wait for a slow statement.
_LONGEST_WAIT = 15.0


class Turns:
    """What people wait for, such as what was just said to them, stands in a line of its own."""

    def __init__(self, at_once: int = _AT_ONCE, longest_wait: float = _LONGEST_WAIT) -> None:
        self._lines = [threading.BoundedSemaphore(at_once) for _ in range(2)]
        self._longest_wait = longest_wait

    @contextmanager
    def one(self, is_urgent: Callable[[], bool]) -> Iterator[None]:
        """It may become urgent while it waits."""
        line = self._wait(is_urgent)
        try:
            yield
        finally:
            if line is not None:
                line.release()

    def _wait(self, is_urgent: Callable[[], bool]) -> threading.BoundedSemaphore | None:
        until = time.monotonic() + self._longest_wait
        while time.monotonic() < until:
            line = self._lines[is_urgent()]
            if line.acquire(timeout=_LOOK_SECONDS):
                return line
        return None


turns = Turns()
