"""Consumers as threads of one process."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.ledger.queries import get_job, list_attempts
from pitchbar.jobs.workers.embedded import EmbeddedConsumers, start_embedded_consumers
from pitchbar.settings import Settings
from tests.jobs.sample_tasks import (
    hang,
    hanging,
    lines_of,
    note,
    note_slowly,
    stumble,
)
from tests.support.waiting import wait_until
from tests.support.warm_process import WarmProcess

Commit = Callable[[], None]
QUEUES = ("crawl", "default")

_PROGRAM = """
import sys, time
from pitchbar import create_app
from pitchbar.jobs import tasks
from pitchbar.jobs.workers.embedded import start_embedded_consumers
from pitchbar.jobs.transport import transport
from pitchbar.settings import load_settings
import tests.jobs.sample_tasks

settings = load_settings()
transport.connect("", settings.data_dir)
start_embedded_consumers(settings, create_app(settings), ("crawl",))
time.sleep(120)
"""


@pytest.fixture
def embedded(app: Flask, settings: Settings) -> Iterator[EmbeddedConsumers]:
    hanging.clear()
    started = start_embedded_consumers(settings, app, QUEUES)
    yield started
    hanging.set()
    started.stop(0.5)


def fresh(job_id: int | None) -> Job:
    assert job_id is not None
    db.session.rollback()
    return get_job(db.session(), job_id)


def has_done(count: int) -> bool:
    db.session.rollback()
    done = db.session.scalar(select(func.count()).where(Job.state == "done"))
    return (done or 0) >= count


def test_jobs_run_and_are_tried_again(
    embedded: EmbeddedConsumers, commit: Commit, trace: str
) -> None:
    for number in range(30):
        enqueue(note, trace, str(number))
    stumbling = enqueue(stumble, str(trace) + "2", times=2)
    commit()
    wait_until(partial(has_done, 31))
    assert sorted(map(int, lines_of(trace))) == list(range(30))
    assert fresh(stumbling).tries_used == 3


def test_delayed_job_runs_in_time(embedded: EmbeddedConsumers, commit: Commit, trace: str) -> None:
    job_id = enqueue(note, trace, delay=1)
    commit()
    wait_until(lambda: fresh(job_id).state == "done", 6)
    wait_ms = fresh(job_id).wait_ms
    assert wait_ms is not None
    assert wait_ms < 2500


def test_hanging_job_is_ended_and_its_queue_goes_on(
    embedded: EmbeddedConsumers, commit: Commit, trace: str
) -> None:
    job_id = enqueue(hang, trace)
    after = enqueue(note_slowly, trace, "next", 0)
    commit()
    wait_until(lambda: fresh(after).state == "done", 10)
    wait_until(lambda: fresh(job_id).state == "failed")
    attempt = list_attempts(db.session(), fresh(job_id).id)[0]
    assert attempt.outcome == "timeout"
    assert "in hang" in (attempt.traceback or "")
    wait_until(lambda: any(line.startswith("timeout:") for line in lines_of(trace)))


def test_stop_gives_back_what_is_not_done(
    app: Flask, settings: Settings, commit: Commit, trace: str
) -> None:
    consumers = start_embedded_consumers(settings, app, QUEUES)
    job_id = enqueue(note_slowly, trace, "long", 5)
    commit()
    wait_until(lambda: fresh(job_id).state == "running")
    consumers.stop(0.2)
    job = fresh(job_id)
    assert (job.state, job.tries_used) == ("queued", 0)


def test_jobs_of_a_killed_process_run_again_in_the_next(
    app: Flask, settings: Settings, commit: Commit, trace: str, tmp_path: Path
) -> None:
    for number in range(40):
        enqueue(note_slowly, trace, str(number), 0.1)
    commit()
    environment = os.environ | {
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    with (tmp_path / "log").open("ab") as log:
        for goal in (10, 20, 30, 40):
            process = WarmProcess(_PROGRAM, env=environment, stdout=log, stderr=log)
            try:
                # It has begun. From here on it takes less than a lease: what the process before
                # had in hand does not wait for that.
                wait_until(partial(has_done, goal - 9), 120)
                wait_until(partial(has_done, goal), 15)
            finally:
                process.kill()
                process.wait(10)
    assert {line.split()[0] for line in lines_of(trace)} == {str(number) for number in range(40)}
