from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue, forget_jobs
from pitchbar.jobs.ledger.administration import (
    delete_job,
    delete_jobs,
    retry_job,
    retry_jobs,
    set_queue_paused,
)
from pitchbar.jobs.ledger.enqueueing import new_row
from pitchbar.jobs.ledger.errors import JobGone, JobIsRunning, UnusableArguments
from pitchbar.jobs.ledger.figures import list_figures, percentile
from pitchbar.jobs.ledger.filters import JobFilter
from pitchbar.jobs.ledger.models import Job, JobAttempt, JobSnapshot, JobTag
from pitchbar.jobs.ledger.queries import (
    count_jobs,
    get_job,
    group_failures,
    list_jobs,
    list_paused_queues,
    list_snapshots,
)
from pitchbar.jobs.ledger.snapshots import take_snapshot
from pitchbar.jobs.ledger.trimming import trim_ledger
from pitchbar.jobs.workers.consumer import drain
from pitchbar.settings import current_settings
from tests.jobs.conftest import MakeConsumer
from tests.jobs.sample_tasks import lines_of, note, refuse, try_with_waits
from tests.support.servers import on_both_databases

Commit = Callable[[], None]


def finished(queue: str, wait_ms: int, run_ms: int, state: str = "done", **values: object) -> None:
    """A job that has ended just now."""
    row = new_row(note, {"path": "-"}) | {"queue": queue, "state": state, "sent_at": None}
    row |= {"finished_at": clock.now(), "wait_ms": wait_ms, "run_ms": run_ms, **values}
    db.session.execute(insert(Job), row)


def fresh(job_id: int | None) -> Job:
    assert job_id is not None
    db.session.rollback()
    return get_job(db.session(), job_id)


def ids(wanted: JobFilter) -> list[int]:
    return [job.id for job in list_jobs(db.session(), wanted).jobs]


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
    assert ids(JobFilter(queue="crawl", error="ValueError")) == failed
    assert ids(JobFilter(older_than=timedelta(hours=1))) == []
    assert len(ids(JobFilter(younger_than=timedelta(hours=1)))) == 3
    older = list_jobs(db.session(), JobFilter(), before=failed[0]).jobs
    assert [job.id for job in older] == [delayed, tagged]
    assert count_jobs(db.session(), JobFilter()).count == 3


@on_both_databases
def test_jobs_are_found_by_age(app: Flask, commit: Commit) -> None:
    for hours in (9, 7, 5, 3, 1):
        finished("crawl", 1, 1, created_at=clock.now() - timedelta(hours=hours))
    commit()
    age = timedelta(hours=6)
    assert ids(JobFilter(older_than=age)) == [2, 1]
    assert ids(JobFilter(younger_than=age)) == [5, 4, 3]


def test_failures_are_grouped_by_task_and_exception(app: Flask, commit: Commit) -> None:
    for name in ("ValueError", "ValueError", "KeyError"):
        finished("crawl", 1, 1, state="failed", error_class=name)
    commit()
    groups = group_failures(db.session())
    found = [(group.error_class, group.count, group.hours[-1]) for group in groups]
    assert found == [("ValueError", 2, 2), ("KeyError", 1, 1)]


def test_pause_is_kept_and_lifted(app: Flask, commit: Commit) -> None:
    assert set_queue_paused(db.session(), "crawl", paused=True) is not None
    assert set_queue_paused(db.session(), "crawl", paused=True) is None
    commit()
    assert list(list_paused_queues(db.session())) == ["crawl"]
    assert set_queue_paused(db.session(), "crawl", paused=False) is not None
    assert list_paused_queues(db.session()) == {}


@on_both_databases
def test_failed_job_can_be_retried_with_other_arguments(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(refuse, trace + "-wrong")
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    retry_job(db.session(), fresh(job_id), {"path": trace})
    commit()
    assert fresh(job_id).tries_used == 0
    drain(consumer(), seconds=5)
    assert lines_of(trace) == ["refused: The site forbids it."]
    assert fresh(job_id).attempt == 2
    for unusable in ({"path": object()}, {"file": trace}):
        with pytest.raises(UnusableArguments):
            retry_job(db.session(), fresh(job_id), unusable)


def test_waiting_job_can_be_started_now(commit: Commit, consumer: MakeConsumer) -> None:
    job_id = enqueue(try_with_waits)
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    retry_job(db.session(), fresh(job_id))
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
    commit()
    assert job_id is not None
    for service in (retry_job, delete_job):
        with pytest.raises(JobIsRunning):
            service(db.session(), fresh(job_id))
    assert delete_jobs(db.session(), JobFilter()) == 0


def test_job_that_is_gone_is_said_to_be(app: Flask) -> None:
    with pytest.raises(JobGone):
        get_job(db.session(), 404)


@on_both_databases
def test_deleted_job_takes_its_attempts_and_tags_along(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(refuse, trace, tags=["source:1"])
    commit()
    assert job_id is not None
    drain(consumer(), seconds=5)
    delete_job(db.session(), fresh(job_id))
    commit()
    for model in (JobAttempt, JobTag):
        assert db.session.execute(select(model)).all() == []


@on_both_databases
def test_jobs_are_forgotten_by_their_tags_unless_they_run(app: Flask, commit: Commit) -> None:
    gone = enqueue(note, "a", tags=["workspace:1", "mail"])
    runs = enqueue(note, "b", tags=["workspace:1"])
    other = enqueue(note, "c", tags=["workspace:2", "mail"])
    db.session.execute(update(Job).where(Job.id == runs).values(state="running"))
    commit()
    assert forget_jobs(["workspace:1", "workspace:3"], on=db.session()) == 1
    commit()
    assert ids(JobFilter()) == [other, runs]
    assert gone not in db.session.scalars(select(JobTag.job_id)).all()


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


@on_both_databases
def test_failed_jobs_are_kept_for_long_and_not_in_any_number(
    app: Flask, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["settings"] = current_settings().replaced(
        failed_jobs_days=30, failed_jobs_most=3
    )
    for _ in range(5):
        finished("crawl", 1, 1, state="failed")
    commit()
    newest = db.session.scalars(select(Job.id).order_by(Job.id.desc()).limit(3)).all()
    assert trim_ledger() == 2
    assert db.session.scalars(select(Job.id).order_by(Job.id.desc())).all() == newest

    later = clock.now() + timedelta(days=29)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert trim_ledger() == 0
    later += timedelta(days=2)
    assert trim_ledger() == 3
