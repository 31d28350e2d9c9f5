"""Ticks in real processes: two at once, and what becomes of one that is killed."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.models import DONE, FAILED, QUEUED, RUNNING, Job, JobAttempt
from pitchbar.jobs.ticks.models import Tick
from pitchbar.jobs.ticks.tick import TickLimits, run_tick
from tests.jobs import ticking
from tests.jobs.ticking import TickProcess
from tests.support.servers import on_both_databases
from tests.support.waiting import wait_until

Start = Callable[..., TickProcess]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts a tick; what still runs at the end of the test is killed."""
    with ExitStack() as stack:

        def start(max_time: int = 20, job_timeout: int = 60) -> TickProcess:
            tick = TickProcess(database_url, tmp_path, max_time, job_timeout)
            stack.callback(tick.close)
            return tick

        yield start


def add(task: Any, *args: Any) -> int:
    job_id = enqueue(task, *args)
    db.session.commit()
    assert job_id is not None
    return job_id


def is_in(state: str, job_id: int) -> bool:
    found = db.session.scalars(select(Job.state).where(Job.id == job_id)).one()
    db.session.rollback()
    return bool(found == state)


def take_over(app: Flask) -> dict[str, Any]:
    """Ticks until the lease of a pass that died is over."""
    until = time.monotonic() + 60
    while (answer := run_tick(app, TickLimits(5, 5)))["skipped"]:
        assert time.monotonic() < until, "the lease is never over"
        time.sleep(0.1)
    db.session.rollback()
    return answer


@on_both_databases
def test_of_two_ticks_at_once_one_is_skipped(app: Flask, start: Start, tmp_path: Path) -> None:
    go = tmp_path / "go"
    job_id = add(ticking.wait_for, str(go))
    ticks = [start(), start()]
    wait_until(lambda: any(tick.is_over for tick in ticks), 120)
    wait_until(lambda: is_in(RUNNING, job_id))
    go.touch()
    answers = sorted((tick.answer() for tick in ticks), key=lambda answer: answer["skipped"])

    assert [answer["skipped"] for answer in answers] == [False, True]
    assert answers[0]["done"] == 1
    assert answers[1]["since"] is not None
    job = db.session.get_one(Job, job_id)
    assert (job.state, job.attempt) == (DONE, 1)
    assert len(db.session.scalars(select(Tick)).all()) == 1


@on_both_databases
def test_a_killed_tick_is_taken_over_when_its_lease_is_over(app: Flask, start: Start) -> None:
    job_id = add(ticking.nap, 30)
    killed = start()
    wait_until(lambda: is_in(RUNNING, job_id), 120)
    killed.process.kill()
    killed.process.wait(10)

    assert run_tick(app, TickLimits(5, 5))["skipped"] is True
    assert take_over(app)["done"] == 0

    first, second = db.session.scalars(select(Tick).order_by(Tick.id)).all()
    assert first.error is not None
    assert "died" in first.error
    assert second.error is None
    assert second.finished_at is not None


def test_a_live_tick_keeps_its_lease_for_as_long_as_it_runs(
    app: Flask, start: Start, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    job_id = add(ticking.wait_for, str(go))
    running = start()
    wait_until(lambda: is_in(RUNNING, job_id), 120)
    time.sleep(ticking.LEASE_SECONDS + 0.5)

    assert run_tick(app, TickLimits(5, 5))["skipped"] is True
    go.touch()
    assert running.answer()["done"] == 1


def test_a_job_that_answers_no_signal_ends_with_its_process(app: Flask, start: Start) -> None:
    job_id = add(ticking.hold_everything)
    after_it = add(ticking.mail, "after it")
    tick = start()
    _, err = tick.said()

    assert tick.process.returncode != 0
    assert "in hold_everything" in err
    assert is_in(RUNNING, job_id)
    end_lease(job_id)

    assert take_over(app)["done"] == 1
    assert is_in(FAILED, job_id)
    assert is_in(DONE, after_it)
    outcome = db.session.scalars(select(JobAttempt.outcome).where(JobAttempt.job_id == job_id))
    assert outcome.one() == "timeout"


def end_lease(job_id: int) -> None:
    """A job's lease lasts 20 s; nobody waits for that here."""
    job = db.session.get_one(Job, job_id)
    job.lease_until = job.started_at
    db.session.commit()


def test_on_term_the_job_in_hand_is_the_last(app: Flask, start: Start, tmp_path: Path) -> None:
    go = tmp_path / "go"
    first, second = add(ticking.wait_for, str(go)), add(ticking.nap, 0)
    tick = start()
    wait_until(lambda: is_in(RUNNING, first), 120)
    tick.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    go.touch()
    answer = tick.answer()

    assert (answer["done"], answer["left"]) == (1, 1)
    assert is_in(DONE, first)
    assert is_in(QUEUED, second)
