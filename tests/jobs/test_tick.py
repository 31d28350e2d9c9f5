"""One bounded pass: what it runs, for how long, and how it counts."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.models import DONE, FAILED, QUEUED, RUNNING, Job, JobAttempt, QueueState
from pitchbar.jobs.ticks import lease
from pitchbar.jobs.ticks.models import TickLease
from pitchbar.jobs.ticks.tick import TickLimits, run_tick
from tests.jobs import ticking
from tests.support.servers import on_both_databases


@pytest.fixture(autouse=True)
def ran(app: Flask) -> list[str]:
    ticking.RAN.clear()
    return ticking.RAN


def add(task: Any, *args: Any, **options: Any) -> int:
    job_id = enqueue(task, *args, **options)
    db.session.commit()
    assert job_id is not None
    return job_id


def tick(app: Flask, max_time: int = 20, job_timeout: int = 20, **rest: Any) -> dict[str, Any]:
    answer = run_tick(app, TickLimits(max_time, job_timeout, **rest))
    db.session.expire_all()
    return answer


def state_of(job_id: int) -> str:
    state: str = db.session.scalars(select(Job.state).where(Job.id == job_id)).one()
    db.session.rollback()
    return state


@on_both_databases
def test_jobs_of_its_queues_are_run_and_no_others(app: Flask, ran: list[str]) -> None:
    add(ticking.crawl, "page")
    add(ticking.mail, "letter")
    left_alone = add(ticking.deliver)

    answer = tick(app)

    assert sorted(ran) == ["letter", "page"]
    assert (answer["done"], answer["left"], answer["skipped"]) == (2, 0, False)
    assert state_of(left_alone) == QUEUED


def test_the_queues_take_turns(app: Flask, ran: list[str]) -> None:
    for word in ("crawl 1", "crawl 2"):
        add(ticking.crawl, word)
    add(ticking.index, "index 1")
    for word in ("default 1", "default 2"):
        add(ticking.mail, word)

    tick(app)

    assert ran == ["crawl 1", "index 1", "default 1", "crawl 2", "default 2"]


def test_each_ending_has_its_count(app: Flask) -> None:
    for task in (ticking.break_down, ticking.stumble, ticking.come_back):
        add(task)
    add(ticking.mail, "one")
    add(ticking.crawl, "two")
    add(ticking.crawl, "later", delay=60)

    answer = tick(app)

    nothing = {"done": 0, "failed": 0, "retried": 0, "released": 0, "left": 0}
    assert answer["queues"] == {
        "crawl": nothing | {"done": 1, "released": 1},
        "index": nothing,
        "default": nothing | {"done": 1, "failed": 1, "retried": 1},
    }
    totals = {name: answer[name] for name in nothing}
    assert totals == {"done": 2, "failed": 1, "retried": 1, "released": 1, "left": 0}


def test_no_job_is_started_after_max_time(app: Flask) -> None:
    for _ in range(10):
        add(ticking.nap, 0.4)

    answer = tick(app, max_time=1)

    assert 1 <= answer["done"] <= 3
    assert answer["left"] == 10 - answer["done"]
    assert answer["seconds"] >= 1.0


def test_a_job_past_the_limit_fails_and_its_hook_runs(app: Flask, tmp_path: Path) -> None:
    note = tmp_path / "note"
    late = add(ticking.cling, str(note))
    add(ticking.mail, "after it")

    started = time.monotonic()
    answer = tick(app, job_timeout=1)

    assert time.monotonic() - started < 15
    assert state_of(late) == FAILED
    assert note.read_text() == "timeout: It ran longer than 1 s."
    # The hook is a job too.
    assert (answer["failed"], answer["done"]) == (1, 2)
    attempt = db.session.scalars(select(JobAttempt).where(JobAttempt.job_id == late)).one()
    assert attempt.outcome == "timeout"
    assert "in cling" in (attempt.traceback or "")


def test_a_shorter_time_out_of_the_job_itself_counts(app: Flask, tmp_path: Path) -> None:
    late = add(ticking.cling, str(tmp_path / "note"))
    db.session.execute(update(Job).where(Job.id == late).values(timeout_seconds=1))
    db.session.commit()

    started = time.monotonic()
    tick(app, job_timeout=18)

    assert time.monotonic() - started < 12
    assert state_of(late) == FAILED


def test_a_paused_queue_is_passed_over(app: Flask, ran: list[str]) -> None:
    add(ticking.crawl, "page")
    add(ticking.mail, "letter")
    db.session.add(QueueState(queue="crawl", paused_at=clock.now()))
    db.session.commit()

    answer = tick(app)

    assert ran == ["letter"]
    assert answer["queues"]["crawl"]["left"] == 1


@on_both_databases
def test_the_job_of_a_dead_worker_is_run_again(app: Flask, ran: list[str]) -> None:
    job_id = add(ticking.mail, "letter")
    past = clock.now() - timedelta(seconds=1)
    dead = {"state": RUNNING, "attempt": 1, "tries_used": 1, "worker": "gone/1/default"}
    db.session.execute(
        update(Job).where(Job.id == job_id).values(**dead, started_at=past, lease_until=past)
    )
    db.session.commit()

    tick(app)

    assert ran == ["letter"]
    assert state_of(job_id) == DONE
    attempt = db.session.scalars(select(JobAttempt)).one()
    assert (attempt.outcome, attempt.worker) == ("lost", "gone/1/default")


@on_both_databases
def test_a_lease_that_lies_in_the_future_is_of_a_clock_set_back(app: Flask) -> None:
    hold_lease(clock.now() + timedelta(hours=1))

    assert tick(app)["skipped"] is False


@on_both_databases
def test_a_second_tick_is_skipped_while_the_first_is_alive(app: Flask, ran: list[str]) -> None:
    add(ticking.mail, "letter")
    hold_lease(clock.now() + timedelta(seconds=50))

    answer = tick(app)

    assert answer == {"skipped": True, "reason": "Another tick is running.", "since": None}
    assert ran == []


def test_a_pass_whose_lease_was_taken_over_starts_no_other_job(
    app: Flask, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(ticking.crawl, "function", lambda word: steal_lease())
    add(ticking.crawl, "thief")
    add(ticking.mail, "letter")

    answer = tick(app)

    assert ran == []
    assert (answer["done"], answer["left"]) == (1, 1)


def hold_lease(until: Any) -> None:
    db.session.execute(update(TickLease).values(holder="someone else", held_until=until))
    db.session.commit()


def steal_lease() -> None:
    hold_lease(clock.now() + timedelta(seconds=20))
    time.sleep(0.5)
