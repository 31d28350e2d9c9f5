"""A worker that lost its lease can neither finish, nor fail, nor release the run of another."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, enqueue
from pitchbar.jobs.ledger.claims import (
    Claim,
    claim_job,
    finish_job,
    release_unique_key,
    renew_lease,
)
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.endings import fail_attempt, release_attempt
from pitchbar.jobs.ledger.models import ERROR, RELEASED, Job, JobAttempt
from pitchbar.jobs.ledger.sweeping import end_expired_leases
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.runner import AttemptResult, Runner
from tests.jobs.sample_tasks import note
from tests.support.servers import on_both_databases

Runs = tuple[Claim, Claim]


def claim_next(ledger: LedgerConnection, worker: str) -> Claim:
    message = transport.receive("default")
    assert message is not None
    claim = claim_job(ledger, *message, worker)
    assert claim is not None
    return claim


@pytest.fixture
def runs(app: Flask, ledger: LedgerConnection, monkeypatch: pytest.MonkeyPatch, trace: str) -> Runs:
    """The run of a worker that was silent for too long, and the one that runs now."""
    enqueue(note, trace, unique="note")
    db.session.commit()
    lost = claim_next(ledger, "slow/1/default")
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=21))
    assert end_expired_leases(ledger) == 1
    return lost, claim_next(ledger, "quick/1/default")


def row() -> tuple[object, ...]:
    db.session.rollback()
    columns = (Job.state, Job.attempt, Job.worker, Job.tries_used, Job.unique_key, Job.lease_until)
    return tuple(db.session.execute(select(*columns)).one())


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(JobAttempt.outcome)))


Write = Callable[[LedgerConnection, Claim], object]


def finish(ledger: LedgerConnection, claim: Claim) -> object:
    return finish_job(ledger, claim, 1)


def fail(ledger: LedgerConnection, claim: Claim) -> object:
    with ledger.session() as session:
        return fail_attempt(session, claim.attempt, AttemptError(claim.job_id, ERROR))


def release(ledger: LedgerConnection, claim: Claim) -> object:
    with ledger.session() as session:
        return release_attempt(session, claim.attempt, AttemptError(claim.job_id, RELEASED), 0)


def renew(ledger: LedgerConnection, claim: Claim) -> object:
    return renew_lease(ledger, claim.job_id, claim.attempt)


def free_key(ledger: LedgerConnection, claim: Claim) -> object:
    release_unique_key(ledger, claim)
    return None


@pytest.mark.parametrize("write", [finish, fail, release, renew, free_key])
@on_both_databases
def test_lost_run_changes_nothing(ledger: LedgerConnection, runs: Runs, write: Write) -> None:
    lost, _ = runs
    before = row()
    assert before[:3] == ("running", 2, "quick/1/default")
    assert not write(ledger, lost)
    assert row() == before
    assert outcomes() == ["lost"]


@pytest.mark.parametrize("outcome", ["", ERROR, RELEASED])
def test_result_of_a_lost_run_is_dropped(
    app: Flask, ledger: LedgerConnection, runs: Runs, outcome: str
) -> None:
    """By the way of the workers."""
    lost, _ = runs
    before = row()
    error = AttemptError(lost.job_id, outcome) if outcome else None
    Runner(app, ledger, lambda: False).store(lost, AttemptResult(1, "its log", error, 0))
    assert row() == before
    assert outcomes() == ["lost"]


@pytest.mark.parametrize(
    ("write", "state"), [(finish, "done"), (fail, "queued"), (release, "queued")]
)
def test_run_that_holds_the_lease_ends_it(
    ledger: LedgerConnection, runs: Runs, write: Write, state: str
) -> None:
    _, mine = runs
    assert write(ledger, mine)
    assert row()[:2] == (state, 2)
