"""Finishes a job and claims the next in one statement: one round trip for each job of a line."""

from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.jobs.ledger.claims import (
    CLAIM_STATEMENT,
    Claim,
    claim_from_row,
    claim_job,
    claim_values,
    finish_job,
    finish_statement,
    finish_values,
)
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.transport import JobMessage

_PREFIX = "done_"
_FINISHED = finish_statement(_PREFIX).returning(Job.id).cte("finished")
_CLAIMED = CLAIM_STATEMENT.cte("claimed")
# PostgreSQL runs an UPDATE in WITH whether its rows are asked for or not.
_FINISH_AND_CLAIM = select(*_CLAIMED.c).add_cte(_FINISHED)


def finish_and_claim(
    ledger: LedgerConnection, done: Claim, run_ms: int, log: str | None, message: JobMessage
) -> Claim | None:
    """Writes that `done` is done, and claims the message's job, or returns None as `claim_job`.

    After an error either, both or neither may have happened.
    """
    job_id, attempt = message
    if ledger.engine.dialect.name != "postgresql":
        finish_job(ledger, done, run_ms, log)
        return claim_job(ledger, job_id, attempt, done.worker)
    at = clock.now()
    values = claim_values(job_id, attempt, done.worker, at)
    values |= finish_values(done, run_ms, log, _PREFIX)
    return claim_from_row(
        ledger.execute(_FINISH_AND_CLAIM, values).first(), job_id, at, done.worker
    )
