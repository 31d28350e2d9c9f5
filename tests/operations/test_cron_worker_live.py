"""The Worker's own source, run by Cloudflare's runtime, ticks a live application."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from pitchbar.clients.cloudflare import COMPATIBILITY_DATE
from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.models import DONE, Job
from pitchbar.jobs.tasks import snapshot_queues
from pitchbar.jobs.ticks.history import list_ticks
from pitchbar.operations.cron_worker import TICK_PATH, render_worker
from tests.operations.workerd import Workerd, WorkerdMissing, install, running_worker
from tests.support.servers import free_port, give_up

TOKEN = "the-token-that-the-server-knows"
LIMITS = {"max_time": 20, "job_timeout": 20, "queues": ["crawl", "default"]}

StartWorker = Callable[..., Workerd]


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return install()
    except WorkerdMissing as error:
        give_up("workerd", error)


@contextmanager
def live_app(database_url: str, folder: Path, worker_class: str) -> Iterator[str]:
    """gunicorn on this machine, as the Procfile starts it; yields its address."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "APP_ENV": "preview",
        "APP_KEY": "a key for tests only, long enough to be one",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "INTERNAL_QUEUE_TOKEN": TOKEN,
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", worker_class, "--threads", "4", "--no-control-socket"]
    command += ["--graceful-timeout", "3", "--log-level", "warning"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait_until_up(process, f"http://127.0.0.1:{port}/up", folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture
def start_worker(program: Path, tmp_path: Path) -> Iterator[StartWorker]:
    """Runs the Worker for the tick at this address, with these secrets."""
    with ExitStack() as stack:

        def start(url: str, **secrets: str) -> Workerd:
            source = render_worker(url, LIMITS)
            folder = tmp_path / "worker"
            folder.mkdir()
            return stack.enter_context(
                running_worker(program, source, COMPATIBILITY_DATE, folder, free_port(), secrets)
            )

        yield start


@pytest.fixture
def live(app: Flask, database_url: str, tmp_path: Path) -> Iterator[str]:
    with live_app(database_url, tmp_path, "gthread") as url:
        yield url


def add_job() -> int:
    job_id = enqueue(snapshot_queues)
    db.session.commit()
    assert job_id is not None
    return job_id


def state_of(job_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Job.state).where(Job.id == job_id)).one()


@pytest.mark.parametrize("worker_class", ["gthread", "gevent"])
def test_the_cron_runs_the_jobs_of_a_live_application(
    app: Flask, database_url: str, tmp_path: Path, start_worker: StartWorker, worker_class: str
) -> None:
    job_id = add_job()
    with live_app(database_url, tmp_path, worker_class) as url:
        worker = start_worker(url + TICK_PATH, INTERNAL_QUEUE_TOKEN=TOKEN)
        assert worker.fire_cron() == "ok", worker.log()

    assert state_of(job_id) == DONE
    (tick,) = list_ticks()
    assert tick.started_by == "request"
    assert list(tick.by_queue) == LIMITS["queues"]
    assert "queue tick: 200" in worker.log()


def test_a_worker_with_a_wrong_token_counts_as_failed(live: str, start_worker: StartWorker) -> None:
    worker = start_worker(live + TICK_PATH, INTERNAL_QUEUE_TOKEN="not-the-token")

    assert worker.fire_cron() == "exception"
    assert "queue tick: 401" in worker.log()
    assert "not-the-token" not in worker.log()
    assert list_ticks() == []


def test_after_a_rotation_the_old_token_still_ticks(live: str, start_worker: StartWorker) -> None:
    secrets = {"INTERNAL_QUEUE_TOKEN": "the-new-one", "INTERNAL_QUEUE_TOKEN_BEFORE": TOKEN}
    worker = start_worker(live + TICK_PATH, **secrets)

    assert worker.fire_cron() == "ok", worker.log()
    assert len(list_ticks()) == 1


def test_a_redirect_is_not_followed_with_the_token(start_worker: StartWorker) -> None:
    asked: list[str] = []

    @Request.application
    def elsewhere(request: Request) -> Response:
        asked.append(request.path)
        return redirect("/elsewhere")

    server = make_server("127.0.0.1", 0, elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    worker = start_worker(f"http://127.0.0.1:{server.server_port}/", INTERNAL_QUEUE_TOKEN=TOKEN)
    outcome = worker.fire_cron()
    server.shutdown()
    thread.join(10)
    server.server_close()

    assert (outcome, asked) == ("exception", ["/"])
    assert "queue tick: 302" in worker.log()


def test_an_application_that_is_down_counts_as_failed(start_worker: StartWorker) -> None:
    address = f"http://127.0.0.1:{free_port()}{TICK_PATH}"
    worker = start_worker(address, INTERNAL_QUEUE_TOKEN=TOKEN)

    assert worker.fire_cron() == "exception"
