"""What a task raises to steer its job, and what a `failed()` hook is told."""

from dataclasses import dataclass


class Release(Exception):
    """Put the job back for `seconds`; the try does not count."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"released for {seconds:g} s")
        self.seconds = max(0.0, seconds)


class Fail(Exception):
    """End the job as failed at once, whatever tries are left. `reason` is kept with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JobTimeout(Exception):
    """The job's time is over; raised by `check_deadline()`."""


@dataclass(frozen=True)
class Failure:
    """Why a job ended as failed.

    `outcome` is error, timeout, lost (its worker died) or refused (the task raised `Fail`);
    `error_class` and `message` are for operators, except the message of a refusal, which the
    task wrote.
    """

    job_id: int
    outcome: str
    error_class: str
    message: str
