"""The job that a worker runs, where its supervisor can see it, even after the worker was killed."""

import time
from multiprocessing.sharedctypes import RawArray
from typing import Any

_JOB, _ATTEMPT, _DEADLINE, _EXECUTED, _PREDECESSORS_ENDED = range(5)
_NEVER = 2**62


class CurrentJob:
    """Numbers in memory that parent and child share: job, attempt, the deadline on the machine's
    monotonic clock in ms, and how many jobs were executed. The job is written last.
    """

    def __init__(self) -> None:
        self._cells: Any = RawArray("q", 5)

    def start(self, job_id: int, attempt: int, timeout_seconds: float) -> None:
        self._cells[_JOB] = 0
        self._cells[_ATTEMPT] = attempt
        self._cells[_DEADLINE] = int((time.monotonic() + timeout_seconds) * 1000)
        self._cells[_JOB] = job_id

    def set_executed(self) -> None:
        """The task has run; what is left is to write so, and that has no deadline."""
        self._cells[_DEADLINE] = _NEVER
        self._cells[_EXECUTED] += 1

    def clear(self) -> None:
        self._cells[_JOB] = 0

    def reset(self) -> None:
        """For a new process in the same slot."""
        self._cells[_JOB] = self._cells[_EXECUTED] = self._cells[_PREDECESSORS_ENDED] = 0

    def set_predecessors_ended(self) -> None:
        """The attempts of killed predecessors have been ended."""
        self._cells[_PREDECESSORS_ENDED] = 1

    def has_predecessors_ended(self) -> bool:
        return bool(self._cells[_PREDECESSORS_ENDED])

    def has_worked(self) -> bool:
        return bool(self._cells[_EXECUTED] or self._cells[_JOB])

    def get(self) -> tuple[int, int] | None:
        """(job id, attempt), or None between jobs."""
        job_id = self._cells[_JOB]
        return (job_id, self._cells[_ATTEMPT]) if job_id else None

    def is_overdue(self, grace_seconds: float = 0.0) -> bool:
        """Whether the job is past its deadline."""
        late_ms = time.monotonic() * 1000 - self._cells[_DEADLINE]
        return bool(self._cells[_JOB]) and late_ms > grace_seconds * 1000
