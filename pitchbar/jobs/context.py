"""What code can ask about the job that it runs in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pitchbar.jobs.attempts import JobTimeout
from pitchbar.jobs.ledger.claims import Claim


@dataclass(frozen=True)
class JobContext:
    """`deadline` is on the machine's monotonic clock, in seconds."""

    claim: Claim
    deadline: float


_context: ContextVar[JobContext | None] = ContextVar("job_context", default=None)


@contextmanager
def job_context(claim: Claim) -> Iterator[None]:
    token = _context.set(JobContext(claim, time.monotonic() + claim.timeout_seconds))
    try:
        yield
    finally:
        _context.reset(token)


def current_job() -> Claim | None:
    """The job that this code runs in, if any."""
    context = _context.get()
    return context.claim if context else None


def seconds_left() -> float:
    """Until the running job's time is over; infinite outside of jobs."""
    context = _context.get()
    return context.deadline - time.monotonic() if context else float("inf")


def check_deadline() -> None:
    """Call it in long loops: embedded, where no process can be killed, it is what ends a job that
    takes too long. Raises JobTimeout.
    """
    if seconds_left() <= 0:
        raise JobTimeout("its time was over")
