from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.arguments import UnfitArgument
from pitchbar.jobs.ledger import queries
from pitchbar.jobs.ledger.administration import (
    delete_job,
    delete_jobs,
    pause_queue,
    resume_queue,
    retry_job,
    retry_jobs,
)
from pitchbar.jobs.ledger.enqueueing import enqueue, new_row
from pitchbar.jobs.ledger.errors import JobBusy, JobGone
from pitchbar.jobs.ledger.figures import list_figures, percentile
from pitchbar.jobs.ledger.models import Job, JobAttempt, JobSnapshot, JobTag
from pitchbar.jobs.ledger.queries import (
    JobFilter,
    count_jobs,
    get_job,
    list_failures,
    list_jobs,
    list_paused_queues,
    list_snapshots,
)
from pitchbar.jobs.ledger.snapshots import take_snapshot
from pitchbar.jobs.ledger.trimming import trim_ledger
from pitchbar.jobs.workers.consumer import drain
from tests.jobs.conftest import MakeConsumer
from tests.jobs.sample_tasks import lines_of, note, refuse, try_with_waits
from tests.servers import on_both_databases

Commit = Callable[[], None]


def finished(queue: str, wait_ms: int, run_ms: int, state: str = "done", **values: object) -> None:
    """A job that has ended just now."""
    row = new_row(note, {"path": "-"}) | {"queue": queue, "state": state, "sent_at": None}
    row |= {"finished_at": clock.now(), "wait_ms": wait_ms, "run_ms": run_ms, **values}
    db.session.execute(insert(Job), row)


def ids(wanted: JobFilter) -> list[int]:
    return [job.id for job in list_jobs(db.session(), wanted)]


def test_percentiles_are_nearest_rank() -> None:
    values = list(range(1, 101))
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7], 0.5) == 7
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([], 0.5) is None


@on_both_databases
def test_figures_of_queues_and_tasks(app: Flask, commit: Commit) -> None:
    for number in range(1, 101):
        finished("crawl", wait_ms=number, run_ms=number * 10)
    finished("crawl", wait_ms=1, run_ms=1, state="failed")
    finished("index", 1, 1, finished_at=clock.now() - timedelta(hours=1))
    enqueue(note, "due")
    enqueue(note, "delayed", delay=60)
    db.session.execute(
        update(Job).where(Job.state == "queued", Job.due_at <= clock.now())
        .values(due_at=clock.now() - timedelta(seconds=9))
    )  # fmt: skip
    commit()
    found = list_figures(db.session(), ["crawl", "index", "default"], timedelta(minutes=5))
    crawl = found["crawl", ""]
    assert (crawl.done, crawl.failed, crawl.depth) == (100, 1, 0)
    assert (crawl.wait_ms(0.95), crawl.run_ms(0.99)) == (95, 990)
    assert crawl.failure_rate == pytest.approx(1 / 101)
    assert found["crawl", note.name].done == 100
    assert found["index", ""].done == 0
    assert found["index", ""].failure_rate is None
    default = found["default", ""]
    assert default.depth == 1
    assert 9000 <= default.oldest_wait_ms < 12_000


@on_both_databases
def test_snapshot_is_written_once_for_its_five_minutes(app: Flask, commit: Commit) -> None:
    finished("crawl", wait_ms=5, run_ms=50)
    commit()
    assert take_snapshot() == 6
    finished("crawl", wait_ms=500, run_ms=50)
    commit()
    take_snapshot()
    since = clock.now() - timedelta(minutes=6)
    (snapshot,) = list_snapshots(db.session(), "crawl", since)
    assert (snapshot.done, snapshot.wait_p95_ms, snapshot.run_p50_ms) == (1, 5, 50)
    assert len(list_snapshots(db.session(), "crawl", since, note.name)) == 1


@on_both_databases
def test_jobs_are_found_by_each_field(app: Flask, commit: Commit) -> None:
    tagged = enqueue(note, "a", tags=["source:1"])
    delayed = enqueue(refuse, "b", delay=60, tags=["source:2"])
    finished("crawl", 1, 1, state="failed", error_class="ValueError")
    commit()
    failed = ids(JobFilter(state="failed"))
    assert len(failed) == 1
    assert ids(JobFilter()) == [failed[0], delayed, tagged]
    assert ids(JobFilter(tag="source:1")) == [tagged]
    assert ids(JobFilter(state="delayed")) == [delayed]
    assert ids(JobFilter(task=refuse.name)) == [delayed]
    assert ids(JobFilter(queue="crawl", error_class="ValueError")) == failed
    assert ids(JobFilter(older_than=timedelta(hours=1))) == []
    assert len(ids(JobFilter(younger_than=timedelta(hours=1)))) == 3
    assert [
        job.id for job in list_jobs(db.session(), JobFilter(), before_id=failed[0], limit=1)
    ] == [delayed]
    assert count_jobs(db.session(), JobFilter()) == 3
    assert count_jobs(db.session(), JobFilter(), up_to=2) == 2


@on_both_databases
def test_jobs_are_found_by_age_whatever_was_deleted_in_between(
    app: Flask, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_DISORDER", 0)
    for hours in (9, 8, 7, 6, 5, 4, 3, 2, 1, 0):
        finished("crawl", 1, 1, created_at=clock.now() - timedelta(hours=hours))
    commit()
    for job_id in (2, 5, 6, 9):
        delete_job(db.session(), job_id)
    half = timedelta(minutes=30)
    for hours, older, younger in ((20, [], [10, 8, 7, 4, 3, 1]), (5, [4, 3, 1], [10, 8, 7])):
        age = timedelta(hours=hours) + half
        assert ids(JobFilter(older_than=age)) == older
        assert ids(JobFilter(younger_than=age)) == younger
    assert ids(JobFilter(older_than=timedelta())) == [10, 8, 7, 4, 3, 1]


def test_failures_are_grouped_by_task_and_exception(app: Flask, commit: Commit) -> None:
    for name in ("ValueError", "ValueError", "KeyError"):
        finished("crawl", 1, 1, state="failed", error_class=name)
    commit()
    groups = [(name, count) for _, name, count, _ in list_failures(db.session())]
    assert groups == [("ValueError", 2), ("KeyError", 1)]


def test_pause_is_kept_and_lifted(app: Flask, commit: Commit) -> None:
    pause_queue(db.session(), "crawl")
    pause_queue(db.session(), "crawl")
    commit()
    assert list(list_paused_queues(db.session())) == ["crawl"]
    resume_queue(db.session(), "crawl")
    assert list_paused_queues(db.session()) == {}


@on_both_databases
def test_failed_job_can_be_retried_with_other_arguments(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(refuse, trace + "-wrong")
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    retry_job(db.session(), job_id, {"path": trace})
    commit()
    assert get_job(db.session(), job_id).tries_used == 0
    drain(consumer(), seconds=5)
    assert lines_of(trace) == ["refused: The site forbids it."]
    assert get_job(db.session(), job_id).attempt == 2
    with pytest.raises(UnfitArgument):
        retry_job(db.session(), job_id, {"path": object()})


def test_waiting_job_can_be_started_now(commit: Commit, consumer: MakeConsumer) -> None:
    job_id = enqueue(try_with_waits)
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    retry_job(db.session(), job_id)
    commit()
    assert drain(consumer(), seconds=5) == 1


def test_many_failed_jobs_are_retried_and_no_others(app: Flask, commit: Commit) -> None:
    for state in ("failed", "failed", "done"):
        finished("crawl", 1, 1, state=state)
    finished("index", 1, 1, state="failed")
    commit()
    assert retry_jobs(db.session(), JobFilter(queue="crawl")) == 2
    commit()
    states = db.session.execute(select(Job.queue, Job.state).order_by(Job.id)).all()
    assert [tuple(row) for row in states] == [
        ("crawl", "queued"),
        ("crawl", "queued"),
        ("crawl", "done"),
        ("index", "failed"),
    ]


def test_running_job_is_neither_retried_nor_deleted(app: Flask, commit: Commit) -> None:
    job_id = enqueue(note, "a")
    db.session.execute(update(Job).values(state="running"))
    assert job_id is not None
    for service in (retry_job, delete_job):
        with pytest.raises(JobBusy):
            service(db.session(), job_id)
    assert delete_jobs(db.session(), JobFilter()) == 0


def test_job_that_is_gone_is_said_to_be(app: Flask) -> None:
    for service in (retry_job, delete_job, get_job):
        with pytest.raises(JobGone):
            service(db.session(), 404)


@on_both_databases
def test_deleted_job_takes_its_attempts_and_tags_along(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(refuse, trace, tags=["source:1"])
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    delete_job(db.session(), job_id)
    commit()
    for model in (JobAttempt, JobTag):
        assert db.session.execute(select(model)).all() == []


@on_both_databases
def test_old_done_jobs_go_and_failed_ones_stay(
    app: Flask, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished("crawl", 1, 1)
    finished("crawl", 1, 1, state="failed")
    enqueue(note, "waiting")
    commit()
    take_snapshot()
    assert trim_ledger() == 0
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    finished("crawl", 1, 1)
    commit()
    assert trim_ledger() == 1
    states = db.session.execute(select(Job.state).order_by(Job.id)).scalars().all()
    assert states == ["failed", "queued", "done"]
    assert db.session.execute(select(JobSnapshot)).all() == []
