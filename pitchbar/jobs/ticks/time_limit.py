"""Ends a job that runs for too long in the main thread of a process of its own."""

import faulthandler
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_GRACE_SECONDS = 5.0


class TimeLimitExceeded(BaseException):
    """The job's time is over. No `Exception`: a task that catches those must not live on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeLimitExceeded in the block after `seconds`.

    Code that does not let Python answer a signal ends with the whole process, its stack on
    standard error, a moment later; then the job's lease lapses and the next sweep ends it.
    """
    before = signal.signal(signal.SIGALRM, _interrupt)
    if sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True, file=sys.__stderr__)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise TimeLimitExceeded
