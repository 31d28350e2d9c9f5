"""The happy path of a job: claim, renew, finish. Each is one conditional UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update

from pitchbar.core import clock
from pitchbar.core.text import storable
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import DONE, QUEUED, RUNNING, Job

LEASE_SECONDS = 20.0
"""How long a worker may be silent before its job is another's."""
HEARTBEAT_SECONDS = 5.0

CLAIM_COLUMNS = (
    Job.attempt,
    Job.task,
    Job.arguments,
    Job.timeout_seconds,
    Job.due_at,
    Job.request_id,
    Job.traceparent,
)


@dataclass(frozen=True)
class Claim:
    """A job in a worker's hands. (job_id, attempt) is its fence: only its holder may end it."""

    job_id: int
    attempt: int
    task: str
    arguments: dict[str, Any]
    timeout_seconds: int
    due_at: datetime
    started_at: datetime
    worker: str
    request_id: str | None = None
    traceparent: str | None = None

    @property
    def wait_ms(self) -> int:
        return max(0, round((self.started_at - self.due_at).total_seconds() * 1000))


_OF_ATTEMPT = (Job.id == bindparam("job_id"), Job.attempt == bindparam("fence"))

_CLAIM_VALUES = {
    "state": RUNNING,
    "attempt": Job.attempt + 1,
    "tries_used": Job.tries_used + 1,
    "worker": bindparam("at_worker"),
    "started_at": bindparam("at"),
    "lease_until": bindparam("until"),
}
CLAIM_STATEMENT = (
    update(Job)
    .where(*_OF_ATTEMPT, Job.state == QUEUED)
    .values(**_CLAIM_VALUES)
    .returning(*CLAIM_COLUMNS)
)


def finish_statement(prefix: str) -> Any:
    """The UPDATE that ends a job well, with parameters named `prefix` and their column."""
    job_id: Any = bindparam(f"{prefix}job_id")
    fence: Any = bindparam(f"{prefix}fence")
    names = ("finished_at", "wait_ms", "run_ms", "log")
    return (
        update(Job)
        # A late finish counts as long as nobody else has started the job: its work is done.
        .where(
            Job.id == job_id, Job.attempt == fence, or_(Job.state == RUNNING, Job.state == QUEUED)
        )
        .values(
            state=DONE,
            unique_key=None,
            lease_until=None,
            error_class=None,
            error_message=None,
            **{name: bindparam(prefix + name) for name in names},
        )
    )


_PREFIX = "done_"
_FINISH = finish_statement(_PREFIX)
_RENEW = (
    update(Job).where(*_OF_ATTEMPT, Job.state == RUNNING).values(lease_until=bindparam("until"))
)
_FIND_OWN = (
    update(Job)
    .where(*_OF_ATTEMPT, Job.state == RUNNING, Job.worker == bindparam("at_worker"))
    .values(lease_until=bindparam("until"))
    .returning(*CLAIM_COLUMNS)
)
_RELEASE_UNIQUE_KEY = update(Job).where(*_OF_ATTEMPT).values(unique_key=None)


def claim_job(ledger: LedgerConnection, job_id: int, attempt: int, worker: str) -> Claim | None:
    """Takes the job if it still waits for its start number `attempt + 1`; else None: the message
    was a repeat, or the job was deleted.
    """
    at = clock.now()
    row = ledger.execute(CLAIM_STATEMENT, claim_values(job_id, attempt, worker, at)).first()
    return claim_from_row(row, job_id, at, worker)


def find_own_claim(
    ledger: LedgerConnection, job_id: int, attempt: int, worker: str
) -> Claim | None:
    """Whether a claim that seemed to fail did succeed: its answer may have been lost."""
    at = clock.now()
    values = claim_values(job_id, attempt + 1, worker, at)
    del values["at"]
    return claim_from_row(ledger.execute(_FIND_OWN, values).first(), job_id, at, worker)


def claim_values(job_id: int, fence: int, worker: str, at: datetime) -> dict[str, Any]:
    until = _lease_from(at)
    return {"job_id": job_id, "fence": fence, "at_worker": worker, "at": at, "until": until}


def claim_from_row(row: Any, job_id: int, at: datetime, worker: str) -> Claim | None:
    """Args: row has the columns CLAIM_COLUMNS, or is None."""
    if row is None:
        return None
    attempt, task, arguments, timeout, due_at, *origin = row
    return Claim(job_id, attempt, task, arguments, timeout, due_at, at, worker, *origin)


def renew_lease(ledger: LedgerConnection, job_id: int, attempt: int) -> bool:
    """False when the job is no longer this holder's."""
    values = {"job_id": job_id, "fence": attempt, "until": _lease_from(clock.now())}
    return bool(ledger.execute(_RENEW, values).rowcount)


def finish_job(ledger: LedgerConnection, claim: Claim, run_ms: int, log: str | None = None) -> bool:
    """False when somebody else has the job by now, or it is done already."""
    return bool(ledger.execute(_FINISH, finish_values(claim, run_ms, log, _PREFIX)).rowcount)


def finish_values(claim: Claim, run_ms: int, log: str | None, prefix: str) -> dict[str, Any]:
    values = {
        "job_id": claim.job_id,
        "fence": claim.attempt,
        "finished_at": clock.now(),
        "wait_ms": claim.wait_ms,
        "run_ms": run_ms,
        "log": log and storable(log),
    }
    return {prefix + name: value for name, value in values.items()}


def release_unique_key(ledger: LedgerConnection, claim: Claim) -> None:
    """Lets the next job with this key be enqueued while this one runs."""
    ledger.execute(_RELEASE_UNIQUE_KEY, {"job_id": claim.job_id, "fence": claim.attempt})


def _lease_from(at: datetime) -> datetime:
    return at + timedelta(seconds=LEASE_SECONDS)
