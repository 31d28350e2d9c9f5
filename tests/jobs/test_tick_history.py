"""What a tick leaves behind, and what it does in place of a scheduler and of workers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue, every
from pitchbar.jobs.ledger.models import Job, JobWorker
from pitchbar.jobs.ticks.history import KEPT, list_ticks
from pitchbar.jobs.ticks.models import Tick
from pitchbar.jobs.ticks.tick import TickLimits, run_tick
from pitchbar.jobs.transport import transport
from tests.jobs import ticking
from tests.support.servers import on_both_databases

LIMITS = TickLimits(max_time=20, job_timeout=20)
EACH_MINUTE = replace(ticking.mark, trigger=every.minutes(1))


def add_rows(count: int) -> None:
    at = clock.now() - timedelta(hours=1)
    counts = {"done": 0, "failed": 0, "retried": 0, "released": 0, "left": 0}
    row = {"started_at": at, "finished_at": at, "started_by": "request", "seconds": 0.1}
    db.session.execute(insert(Tick), [{**row, **counts, "by_queue": {}} for _ in range(count)])
    db.session.commit()


def see_worker(name: str, queues: str, seconds_ago: float = 1) -> None:
    seen = clock.now() - timedelta(seconds=seconds_ago)
    fixed = {"host": "here", "pid": 1, "started_at": seen, "rss_bytes": 1}
    db.session.add(JobWorker(id=name, queues=queues, seen_at=seen, **fixed))
    db.session.commit()


@on_both_databases
def test_each_tick_is_a_row_with_its_counts(app: Flask) -> None:
    enqueue(ticking.crawl, "page")
    enqueue(ticking.break_down)
    db.session.commit()

    answer = run_tick(app, LIMITS, started_by="request")

    (row,) = list_ticks()
    assert (row.id, row.started_by, row.error) == (answer["tick"], "request", None)
    assert (row.done, row.failed, row.retried, row.released, row.left) == (1, 1, 0, 0, 0)
    assert row.by_queue == answer["queues"]
    assert row.seconds == answer["seconds"]
    assert row.finished_at is not None
    assert row.started_at <= row.finished_at


@on_both_databases
def test_the_last_200_are_kept_and_listed_latest_first(app: Flask) -> None:
    add_rows(KEPT + 10)

    run_tick(app, LIMITS)
    latest = run_tick(app, LIMITS)["tick"]

    kept = [row.id for row in list_ticks(1000)]
    assert len(kept) == KEPT == 200
    assert kept == sorted(kept, reverse=True)
    assert kept[0] == latest


def test_a_skipped_tick_leaves_no_row(app: Flask) -> None:
    from pitchbar.jobs.ledger.connection import LedgerConnection
    from pitchbar.jobs.ticks.lease import acquire_lease

    ledger = LedgerConnection(app.config["SQLALCHEMY_DATABASE_URI"])
    assert acquire_lease(ledger, "someone else")
    ledger.close()

    assert run_tick(app, LIMITS)["skipped"] is True
    assert list_ticks() == []


def test_its_worker_is_not_listed_any_more(app: Flask) -> None:
    run_tick(app, LIMITS)

    assert db.session.scalar(select(func.count()).select_from(JobWorker)) == 0


@on_both_databases
def test_without_a_scheduler_due_periodic_tasks_run(app: Flask) -> None:
    ticking.RAN.clear()
    answer = run_tick(app, LIMITS, tasks=[EACH_MINUTE])

    assert ticking.RAN[0] == "mark"
    # Two, when the minute changed meanwhile.
    assert 1 <= answer["done"] <= 2


def test_two_ticks_in_a_minute_run_a_periodic_task_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 11, 21, 10, 30, 7, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    ticking.RAN.clear()
    run_tick(app, LIMITS, tasks=[EACH_MINUTE])
    run_tick(app, LIMITS, tasks=[EACH_MINUTE])

    assert ticking.RAN == ["mark"]


@pytest.mark.parametrize(("seconds_ago", "runs"), [(70, 0), (100, 1)])
def test_a_scheduler_that_is_alive_is_left_its_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seconds_ago: float, runs: int
) -> None:
    at = datetime(2026, 11, 21, 10, 30, 7, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    see_worker("here/1/schedule", "schedule", seconds_ago)
    ticking.RAN.clear()
    run_tick(app, LIMITS, tasks=[EACH_MINUTE])

    assert len(ticking.RAN) == runs


def test_messages_that_nobody_comes_for_are_dropped(app: Flask) -> None:
    for word in ("one", "two"):
        enqueue(ticking.crawl, word)
    db.session.commit()
    assert transport.pending("crawl") == 2

    run_tick(app, LIMITS)

    assert transport.pending("crawl") == 0


def test_messages_of_a_queue_with_a_worker_are_left_to_it(app: Flask) -> None:
    see_worker("here/1/crawl", "crawl")
    enqueue(ticking.crawl, "one")
    db.session.commit()

    run_tick(app, LIMITS)

    assert transport.pending("crawl") == 1
    assert db.session.scalars(select(Job.state)).all() == ["done"]
