"""The ledger of a test, and workers as real processes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pitchbar.extensions import db
from pitchbar.jobs import tasks  # noqa: F401 - declares the hook's own task
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.heartbeats import worker_name
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.consumer import Consumer, WorkerControl
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.settings import Settings
from tests.jobs.processes import Workers

MakeConsumer = Callable[..., Consumer]
MakeSettings = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _connected(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Messages travel by Redis where a test asks for it, else by a file."""
    uses_redis = "redis_url" in request.fixturenames
    url = request.getfixturevalue("redis_url") if uses_redis else ""
    transport.connect(url, tmp_path)
    yield
    transport.connect("", tmp_path)


@pytest.fixture
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Settings:
    """With Redis where the test asks for it."""
    uses_redis = "redis_url" in request.fixturenames
    return make_settings(redis_url=request.getfixturevalue("redis_url") if uses_redis else "")


@pytest.fixture
def ledger(settings: Settings) -> Iterator[LedgerConnection]:
    made = LedgerConnection(settings.database_url)
    yield made
    made.close()


@pytest.fixture
def consumer(app: Flask, ledger: LedgerConnection) -> MakeConsumer:
    def make(queue: str = "default", **values: Any) -> Consumer:
        name = values.pop("name", worker_name(queue))
        return Consumer(
            name, queue, app, ledger, values.pop("control", WorkerControl()), CurrentJob()
        )

    return make


@pytest.fixture
def trace(tmp_path: Path) -> str:
    """The file in which sample tasks leave lines."""
    return str(tmp_path / "trace")


@pytest.fixture
def commit(app: Flask) -> Callable[[], None]:
    return db.session.commit


@pytest.fixture
def workers(settings: Settings, tmp_path: Path) -> Iterator[Workers]:
    started = Workers(settings, tmp_path)
    yield started
    started.kill_all()
