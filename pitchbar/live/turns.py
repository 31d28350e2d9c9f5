"""How many open pages are drawn at once.

A message may concern hundreds of pages. Drawn all at once they would share the processor with
whoever asks for a page just now, who would wait for all of them; by turns, for one or two.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AT_ONCE = 2
# Rather drawn beside the others than not at all: a drawing may wait for a slow statement.
_LONGEST_WAIT = 2.0


class Turns:
    def __init__(self, at_once: int = _AT_ONCE, longest_wait: float = _LONGEST_WAIT) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._longest_wait = longest_wait

    @contextmanager
    def one(self) -> Iterator[None]:
        is_mine = self._free.acquire(timeout=self._longest_wait)
        try:
            yield
        finally:
            if is_mine:
                self._free.release()


# What people wait for, such as what was just said, stands in a line of its own.
turns, turns_of_first = Turns(), Turns()
