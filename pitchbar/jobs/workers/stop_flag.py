import time

_SLICE_SECONDS = 0.1


class StopFlag:
    """Like threading.Event, but without a lock, so that a signal handler may set it.

    An Event can lock up when the handler interrupts the thread that holds the Event's own lock.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Returns whether it was set, as soon as it is, and after `seconds` at the latest."""
        until = time.monotonic() + seconds
        while not self._is_set and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))
        return self._is_set
