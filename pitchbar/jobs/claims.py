"""The happy path of a job: claim, renew, finish. Each is one conditional UPDATE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update

from pitchbar.core import clock
from pitchbar.jobs.ledger import Ledger
from pitchbar.jobs.models import DONE, QUEUED, RUNNING, Job

LEASE_SECONDS = 20.0
"""How long a worker may be silent before its job is another's."""
HEARTBEAT_SECONDS = 5.0


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

    @property
    def wait_ms(self) -> int:
        return max(0, round((self.started_at - self.due_at).total_seconds() * 1000))


_START = (
    update(Job)
    .values(
        state=RUNNING,
        attempt=Job.attempt + 1,
        tries_used=Job.tries_used + 1,
        worker=bindparam("at_worker"),
        started_at=bindparam("at"),
        lease_until=bindparam("until"),
    )
    .returning(Job.attempt, Job.task, Job.arguments, Job.timeout_seconds, Job.due_at)
)
_OF_ATTEMPT = (Job.id == bindparam("job_id"), Job.attempt == bindparam("fence"))
_CLAIM = _START.where(*_OF_ATTEMPT, Job.state == QUEUED)
_RENEW = (
    update(Job).where(*_OF_ATTEMPT, Job.state == RUNNING).values(lease_until=bindparam("until"))
)
# A late finish counts as long as nobody else has started the job: its work is done.
_FINISH = (
    update(Job)
    .where(*_OF_ATTEMPT, or_(Job.state == RUNNING, Job.state == QUEUED))
    .values(
        state=DONE,
        finished_at=bindparam("at"),
        wait_ms=bindparam("waited"),
        run_ms=bindparam("ran"),
        log=bindparam("lines"),
        unique_key=None,
        lease_until=None,
        error_class=None,
        error_message=None,
    )
)
_OWN = (
    update(Job)
    .where(*_OF_ATTEMPT, Job.state == RUNNING, Job.worker == bindparam("at_worker"))
    .values(lease_until=bindparam("until"))
    .returning(Job.attempt, Job.task, Job.arguments, Job.timeout_seconds, Job.due_at)
)
_FREE_KEY = update(Job).where(*_OF_ATTEMPT).values(unique_key=None)


def claim_job(ledger: Ledger, job_id: int, attempt: int, worker: str) -> Claim | None:
    """Takes the job if it still waits for its start number `attempt + 1`; else None: the message
    was a repeat, or the job was deleted.
    """
    at = clock.now()
    return _claim(ledger, _CLAIM, job_id, attempt, worker, at)


def find_own_claim(ledger: Ledger, job_id: int, attempt: int, worker: str) -> Claim | None:
    """Whether a claim that seemed to fail did succeed: its answer may have been lost."""
    return _claim(ledger, _OWN, job_id, attempt + 1, worker, clock.now())


def _claim(
    ledger: Ledger, statement: Any, job_id: int, fence: int, worker: str, at: datetime
) -> Claim | None:
    values = {"job_id": job_id, "fence": fence, "at_worker": worker, "until": _lease_from(at)}
    if statement is _CLAIM:
        values["at"] = at
    row = ledger.execute(statement, values).first()
    if row is None:
        return None
    return Claim(job_id, row[0], row[1], row[2], row[3], row[4], at, worker)


def renew_lease(ledger: Ledger, job_id: int, attempt: int) -> bool:
    """False when the job is no longer this holder's."""
    values = {"job_id": job_id, "fence": attempt, "until": _lease_from(clock.now())}
    return bool(ledger.execute(_RENEW, values).rowcount)


def finish_job(ledger: Ledger, claim: Claim, run_ms: int, log: str | None = None) -> bool:
    """False when somebody else has the job by now."""
    values = {
        "job_id": claim.job_id,
        "fence": claim.attempt,
        "at": clock.now(),
        "waited": claim.wait_ms,
        "ran": run_ms,
        "lines": log,
    }
    return bool(ledger.execute(_FINISH, values).rowcount)


def free_unique_key(ledger: Ledger, claim: Claim) -> None:
    """Lets the next job with this key be enqueued while this one runs."""
    ledger.execute(_FREE_KEY, {"job_id": claim.job_id, "fence": claim.attempt})


def _lease_from(at: datetime) -> datetime:
    return at + timedelta(seconds=LEASE_SECONDS)
