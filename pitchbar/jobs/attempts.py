"""What a task raises to steer its job, and why an attempt did not end well."""

import traceback as traceback_module
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
class AttemptError:
    """Why an attempt did not end well; a `failed()` hook gets it too, without the traceback.

    `outcome` is error, timeout, lost (its worker died), refused (the task raised `Fail`) or
    released. `error_class` and `message` are for operators, except the message of a refusal,
    which the task wrote.
    """

    job_id: int
    outcome: str
    error_class: str = ""
    message: str = ""
    traceback: str = ""


def error_from_exception(job_id: int, exception: BaseException, outcome: str) -> AttemptError:
    kind = type(exception)
    try:
        message = str(exception)
    except Exception:
        message = "(its message cannot be read)"
    lines = traceback_module.format_exception(kind, exception, exception.__traceback__)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return AttemptError(job_id, outcome, module + kind.__qualname__, message, "".join(lines))
