"""What becomes of a job that a worker runs."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.ledger.queries import get_job, list_attempts
from pitchbar.jobs.ledger.sweeping import send_due_jobs
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.consumer import drain
from pitchbar.jobs.workers.logs import JobLogHandler, end_log
from tests.jobs.conftest import MakeConsumer
from tests.jobs.sample_tasks import (
    drain_inbox,
    lines_of,
    loop_politely,
    note,
    refuse,
    release_once,
    stumble,
    talk,
    try_with_waits,
)
from tests.support.servers import on_both_databases

log = logging.getLogger(__name__)
Commit = Callable[[], None]


def job_of(job_id: int | None) -> Job:
    assert job_id is not None
    db.session.rollback()
    return get_job(db.session(), job_id)


@on_both_databases
def test_job_is_done_once(commit: Commit, consumer: MakeConsumer, trace: str) -> None:
    job_id = enqueue(note, trace)
    commit()
    assert drain(consumer(), seconds=5) == 1
    job = job_of(job_id)
    assert (job.state, job.attempt, job.error_class) == ("done", 1, None)
    assert job.finished_at is not None
    assert job.wait_ms is not None
    assert job.run_ms is not None
    assert lines_of(trace) == ["ran"]


def test_second_message_for_a_job_finds_nothing_to_do(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(note, trace)
    commit()
    assert job_id is not None
    transport.send("default", [(job_id, 0), (job_id, 0), (job_id, 1)])
    assert drain(consumer(), seconds=5) == 1
    assert lines_of(trace) == ["ran"]


@on_both_databases
def test_failing_job_is_tried_again_and_each_attempt_is_kept(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(stumble, trace, times=2)
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert (job.state, job.tries_used) == ("done", 3)
    attempts = list_attempts(db.session(), job.id)
    assert [one.outcome for one in attempts] == ["error", "error"]
    assert attempts[0].error_class == "ValueError"
    assert attempts[0].error_message is not None
    assert attempts[0].error_message.startswith("stumbled over\ufffd 1")
    assert "sample_tasks.py" in (attempts[0].traceback or "")


@on_both_databases
def test_job_fails_after_its_tries_and_its_hook_runs(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(stumble, trace, times=9)
    commit()
    drain(consumer(), seconds=5)
    assert job_of(job_id).state == "failed"
    assert lines_of(trace) == ["try", "try", "try", "gave up: error ValueError"]


def test_wait_before_the_next_try_is_as_declared(commit: Commit, consumer: MakeConsumer) -> None:
    job_id = enqueue(try_with_waits)
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert job.state == "queued"
    assert job.due_at - job.queued_at == timedelta(seconds=30)
    assert job.send_at == job.due_at


def test_old_message_cannot_shorten_the_wait(commit: Commit, consumer: MakeConsumer) -> None:
    job_id = enqueue(try_with_waits)
    commit()
    drain(consumer(), seconds=5)
    assert job_id is not None
    transport.send("default", [(job_id, 0)])
    assert drain(consumer(), seconds=5) == 0
    assert job_of(job_id).attempt == 1


def test_refusal_ends_the_job_at_once(commit: Commit, consumer: MakeConsumer, trace: str) -> None:
    job_id = enqueue(refuse, trace)
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert (job.state, job.attempt) == ("failed", 1)
    assert lines_of(trace) == ["refused: The site forbids it."]


def test_release_uses_no_try(
    commit: Commit, consumer: MakeConsumer, ledger: LedgerConnection, trace: str
) -> None:
    job_id = enqueue(release_once, trace, seconds=0.2)
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert (job.state, job.tries_used, job.attempt) == ("queued", 0, 1)
    while not send_due_jobs(ledger, ["default"]):
        pass
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert (job.state, job.tries_used, job.attempt) == ("done", 1, 2)
    assert [one.outcome for one in list_attempts(db.session(), job.id)] == ["released"]


def test_cooperative_task_ends_in_time(commit: Commit, consumer: MakeConsumer, trace: str) -> None:
    job_id = enqueue(loop_politely, trace)
    commit()
    drain(consumer("crawl"), seconds=5)
    job = job_of(job_id)
    assert job.state == "failed"
    assert list_attempts(db.session(), job.id)[0].outcome == "timeout"


def test_task_that_no_release_knows_fails_with_a_reason(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    job_id = enqueue(note, trace)
    db.session.execute(update(Job).values(task="gone.for_good", tries=1))
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert job.state == "failed"
    assert "no task named gone.for_good" in (job.error_message or "")


def test_rubbish_on_the_queue_is_dropped_and_the_rest_goes_on(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    huey = transport._huey("default", "out")
    for rubbish in (b"", b"\x80\x04pickled", b"[1,2]", b'["x","1","2"]', b'["x",1,true]', b"null"):
        huey.storage.enqueue(rubbish)
    huey.storage.enqueue(b'["x", 999999, 0]')
    enqueue(note, trace)
    commit()
    one = consumer()
    for _ in range(10):
        one._poll()
    assert lines_of(trace) == ["ran"]
    assert transport.pending("default") == 0


def test_unique_drain_may_be_enqueued_again_while_it_runs(
    commit: Commit, consumer: MakeConsumer, monkeypatch: pytest.MonkeyPatch, trace: str
) -> None:
    """What came after the drain looked must not wait for the next to come."""
    enqueued = []
    monkeypatch.setattr(
        drain_inbox,
        "function",
        lambda **_: enqueued.append(enqueue(drain_inbox, trace, unique="drain")),
    )
    enqueue(drain_inbox, trace, unique="drain")
    assert enqueue(drain_inbox, trace, unique="drain") is None
    commit()
    drain(consumer("ingestion"), seconds=5)
    assert enqueued != [None]


def test_unique_key_is_free_when_the_job_has_ended(
    commit: Commit, consumer: MakeConsumer, trace: str
) -> None:
    enqueue(refuse, trace, unique="one")
    commit()
    drain(consumer(), seconds=5)
    assert enqueue(refuse, trace, unique="one") is not None


def test_tasks_run_inside_the_application(
    app: Flask, commit: Commit, consumer: MakeConsumer, trace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(note, "function", lambda **_: seen.append(db.session.scalar(select(1))))
    enqueue(note, trace)
    commit()
    drain(consumer(), seconds=5)
    assert seen == [1]


@on_both_databases
def test_what_a_job_logs_is_kept_with_each_attempt(
    commit: Commit, consumer: MakeConsumer, caplog: pytest.LogCaptureFixture
) -> None:
    handler = JobLogHandler()
    logging.getLogger().addHandler(handler)
    caplog.set_level("INFO")
    job_id = enqueue(talk, "grüezi\x00 \ud800")
    commit()
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    (attempt,) = list_attempts(db.session(), job.id)
    assert (attempt.outcome, job.state) == ("error", "done")
    for kept in (attempt.log, job.log):
        assert "says grüezi\ufffd ?" in (kept or "")
    log.info("what is logged outside of jobs is not kept")
    assert end_log() is None


def test_clock_set_back_does_not_keep_a_job_from_running(
    commit: Commit, consumer: MakeConsumer, trace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = enqueue(note, trace)
    commit()
    earlier = datetime.now(tz=clock.now().tzinfo) - timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    drain(consumer(), seconds=5)
    job = job_of(job_id)
    assert (job.state, job.wait_ms) == ("done", 0)
