"""What a worker has in hand, where its supervisor can see it, even after the worker was killed."""

import time
from multiprocessing.sharedctypes import RawArray
from typing import Any

_JOB, _ATTEMPT, _DEADLINE, _HANDLED, _SETTLED = range(5)
_NEVER = 2**62


class InHand:
    """Numbers in memory that parent and child share: job, attempt, the deadline on the machine's
    monotonic clock in ms, and how many jobs went through these hands. The job is written last.
    """

    def __init__(self) -> None:
        self._cells: Any = RawArray("q", 5)

    def take(self, job_id: int, attempt: int, timeout_seconds: float) -> None:
        self._cells[_JOB] = 0
        self._cells[_ATTEMPT] = attempt
        self._cells[_DEADLINE] = int((time.monotonic() + timeout_seconds) * 1000)
        self._cells[_JOB] = job_id

    def set_over(self) -> None:
        """The task has run; what is left is to write so, and that has no deadline."""
        self._cells[_DEADLINE] = _NEVER
        self._cells[_HANDLED] += 1

    def clear(self) -> None:
        self._cells[_JOB] = 0

    def reset(self) -> None:
        """For a new process in the same place."""
        self._cells[_JOB] = self._cells[_HANDLED] = self._cells[_SETTLED] = 0

    def set_settled(self) -> None:
        """What predecessors left in hand has been written."""
        self._cells[_SETTLED] = 1

    def has_settled(self) -> bool:
        return bool(self._cells[_SETTLED])

    def has_worked(self) -> bool:
        return bool(self._cells[_HANDLED] or self._cells[_JOB])

    def get(self) -> tuple[int, int] | None:
        """(job id, attempt), or None when the hands are empty."""
        job_id = self._cells[_JOB]
        return (job_id, self._cells[_ATTEMPT]) if job_id else None

    def is_late(self, grace_seconds: float = 0.0) -> bool:
        """Whether the job in hand is past its deadline."""
        late_ms = time.monotonic() * 1000 - self._cells[_DEADLINE]
        return bool(self._cells[_JOB]) and late_ms > grace_seconds * 1000
