"""What was lost is found again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.claims import claim_job, finish_job, renew_lease
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.ledger.queries import get_job, list_attempts
from pitchbar.jobs.ledger.sweeping import (
    end_expired_leases,
    repair_clock_skew,
    resend_lost_messages,
    send_due_jobs,
)
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.consumer import WorkerControl, drain
from pitchbar.jobs.workers.maintenance import MaintenanceThread
from tests.jobs.conftest import MakeConsumer
from tests.jobs.sample_tasks import kill_own_worker, lines_of, note, stumble
from tests.support.servers import on_both_databases

Commit = Callable[[], None]
SetClock = Callable[[timedelta], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Moves the application's clock by so much against the real one."""
    real = clock.now

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + by)

    return move


def state_of(job_id: int | None) -> str:
    assert job_id is not None
    db.session.rollback()
    return get_job(db.session(), job_id).state


def lose_messages(queue: str = "default") -> None:
    transport._huey(queue, "out").storage.flush_queue()


@on_both_databases
def test_lost_message_is_sent_again_after_a_while(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    enqueue(note, trace)
    commit()
    lose_messages()
    assert resend_lost_messages(ledger, ["default"]) == 0
    set_clock(timedelta(seconds=6))
    assert resend_lost_messages(ledger, ["default"]) == 1
    assert drain(consumer(), seconds=5) == 1


def test_long_line_is_not_made_longer(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    for _ in range(5):
        enqueue(note, trace)
    commit()
    set_clock(timedelta(hours=1))
    assert resend_lost_messages(ledger, ["default"]) == 0
    assert transport.pending("default") == 5


def test_only_as_many_are_sent_again_as_are_missing(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    for number in range(700):
        enqueue(note, trace, str(number))
    commit()
    lose_messages()
    transport.send("default", [(1, 0)])
    set_clock(timedelta(seconds=6))
    assert resend_lost_messages(ledger, ["default"]) == 699
    assert drain(consumer(), seconds=30) >= 699
    set_clock(timedelta(seconds=12))
    resend_lost_messages(ledger, ["default"])
    drain(consumer(), seconds=30)
    assert sorted(map(int, lines_of(trace))) == list(range(700))


def test_job_whose_process_died_before_sending_is_sent(
    app: Flask, commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    enqueue(note, trace)
    db.session.info.pop("after_commit")
    commit()
    set_clock(timedelta(seconds=6))
    assert resend_lost_messages(ledger, ["default"]) == 1


def test_lost_message_of_a_delayed_job_is_sent_again(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    enqueue(note, trace, delay=60)
    commit()
    set_clock(timedelta(seconds=61))
    assert send_due_jobs(ledger, ["default"]) == 1
    lose_messages()
    set_clock(timedelta(seconds=67))
    assert resend_lost_messages(ledger, ["default"]) == 1


@on_both_databases
def test_job_of_a_dead_worker_runs_again(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    job_id = enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    assert claim_job(ledger, *message, "dead/1/default") is not None
    assert end_expired_leases(ledger) == 0
    set_clock(timedelta(seconds=21))
    assert end_expired_leases(ledger) == 1
    drain(consumer(), seconds=5)
    assert state_of(job_id) == "done"
    assert job_id is not None
    attempts = list_attempts(db.session(), job_id)
    assert [one.outcome for one in attempts] == ["lost"]
    assert "dead/1/default" in (attempts[0].error_message or "")


def test_lease_that_is_renewed_does_not_lapse(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    claim = claim_job(ledger, *message, "slow/1/default")
    assert claim is not None
    set_clock(timedelta(seconds=15))
    assert renew_lease(ledger, claim.job_id, claim.attempt)
    set_clock(timedelta(seconds=30))
    assert end_expired_leases(ledger) == 0


def test_hook_runs_for_a_job_whose_workers_all_died(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    job_id = enqueue(kill_own_worker, trace)
    commit()
    for number in (1, 2):
        message = transport.receive("crawl")
        assert message is not None
        assert claim_job(ledger, *message, f"dead/{number}/crawl") is not None
        set_clock(timedelta(seconds=21 * number))
        assert end_expired_leases(ledger) == 1
    assert state_of(job_id) == "failed"
    drain(consumer("crawl"), seconds=5)
    assert lines_of(trace) == ["gave up: lost"]


def test_late_attempt_is_called_a_timeout(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    job_id = enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    claim_job(ledger, *message, "hung/1/default")
    set_clock(timedelta(seconds=61))
    end_expired_leases(ledger)
    assert job_id is not None
    (attempt,) = list_attempts(db.session(), job_id)
    assert attempt.outcome == "timeout"


def test_worker_that_lost_its_job_cannot_end_it(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    job_id = enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    first = claim_job(ledger, *message, "slow/1/default")
    set_clock(timedelta(seconds=21))
    end_expired_leases(ledger)
    again = transport.receive("default")
    assert again is not None
    second = claim_job(ledger, *again, "quick/1/default")
    assert first is not None
    assert second is not None
    assert not finish_job(ledger, first, 1)
    assert not renew_lease(ledger, first.job_id, first.attempt)
    assert finish_job(ledger, second, 1)
    assert state_of(job_id) == "done"


def test_late_finish_counts_while_nobody_else_began(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    claim = claim_job(ledger, *message, "slow/1/default")
    set_clock(timedelta(seconds=21))
    end_expired_leases(ledger)
    assert claim is not None
    assert finish_job(ledger, claim, 1)
    assert drain(consumer(), seconds=5) == 0


@on_both_databases
def test_jobs_of_the_future_are_mended_when_the_clock_is_set_back(
    commit: Commit, ledger: LedgerConnection, trace: str, set_clock: SetClock
) -> None:
    enqueue(note, trace, "now")
    delayed = enqueue(note, trace, "later", delay=100)
    enqueue(stumble, trace, 0)
    commit()
    lose_messages()
    at = clock.now()
    running = {"state": "running", "started_at": at, "lease_until": at + timedelta(seconds=20)}
    ledger.execute(update(Job).where(Job.task == stumble.name).values(running))
    back = timedelta(hours=-2)
    set_clock(back)
    assert repair_clock_skew(ledger) == 2
    set_clock(back + timedelta(seconds=7))
    assert resend_lost_messages(ledger, ["default"]) == 1
    assert send_due_jobs(ledger, ["default"]) == 0
    set_clock(back + timedelta(seconds=21))
    assert end_expired_leases(ledger) == 1
    set_clock(back + timedelta(seconds=101))
    assert send_due_jobs(ledger, ["default"]) == 1
    assert state_of(delayed) == "queued"


def test_maintenance_notices_that_the_clock_was_set_back(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    control = WorkerControl()
    maintenance = MaintenanceThread(
        [consumer(control=control)], ["default"], ledger, control, lambda: None
    )
    maintenance.run_once()
    job_id = enqueue(note, trace, delay=50)
    commit()
    set_clock(timedelta(hours=-1))
    maintenance._renew_at = 0.0
    maintenance.run_once()
    db.session.rollback()
    assert job_id is not None
    due_at: datetime = get_job(db.session(), job_id).due_at
    assert 45 < (due_at - clock.now()).total_seconds() <= 50


def test_nobody_is_called_dead_right_after_the_database_was_away(
    commit: Commit,
    ledger: LedgerConnection,
    consumer: MakeConsumer,
    trace: str,
    set_clock: SetClock,
) -> None:
    """The living must have a chance to renew their leases first."""
    enqueue(note, trace)
    commit()
    message = transport.receive("default")
    assert message is not None
    claim_job(ledger, *message, "other/1/default")
    control = WorkerControl()
    away = [OperationalError("SELECT 1", {}, Exception("the server is gone"))]

    def fail_once() -> None:
        if away:
            raise away.pop()

    maintenance = MaintenanceThread(
        [consumer(control=control)], ["default"], ledger, control, fail_once
    )
    set_clock(timedelta(seconds=25))
    maintenance.run_once()
    assert state_of(message[0]) == "running"
    maintenance._database_up_since -= 10
    maintenance._renew_at = 0.0
    maintenance.run_once()
    assert state_of(message[0]) == "queued"
