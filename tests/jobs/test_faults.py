"""Redis and the database go away in the middle of the work."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.transport import transport
from pitchbar.settings import Settings
from tests.jobs.processes import Workers
from tests.jobs.sample_tasks import lines_of, note_slowly
from tests.support.servers import RedisServer, on_postgresql
from tests.support.waiting import wait_until

Commit = Callable[[], None]
_GONE_SECONDS = 10


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[RedisServer]:
    started = RedisServer(tmp_path)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def workers(settings: Settings, tmp_path: Path, fragile: RedisServer) -> Iterator[Workers]:
    settings = settings.replaced(redis_url=fragile.url)
    transport.connect(fragile.url, tmp_path)
    started = Workers(settings, tmp_path)
    yield started
    started.kill_all()


def count_done() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Job.state == "done")) or 0


def enqueue_many(commit: Commit, trace: str, numbers: range) -> None:
    for number in numbers:
        enqueue(note_slowly, trace, str(number), 0.02)
    commit()


def runs(trace: str) -> Counter[int]:
    return Counter(int(line.split()[0]) for line in lines_of(trace))


@on_postgresql
def test_no_job_is_lost_when_redis_loses_everything(
    commit: Commit, workers: Workers, fragile: RedisServer, trace: str
) -> None:
    enqueue_many(commit, trace, range(100))
    workers.start("crawl", processes=2)
    wait_until(lambda: count_done() > 10)
    fragile.kill()
    enqueue_many(commit, trace, range(100, 120))
    time.sleep(1)
    fragile.start()
    wait_until(lambda: count_done() == 120, 90)
    assert set(runs(trace)) == set(range(120))
    assert max(runs(trace).values()) == 1


@on_postgresql
def test_no_job_is_lost_when_the_database_is_gone_for_a_while(
    commit: Commit, workers: Workers, settings: Settings, postgres: object, trace: str
) -> None:
    enqueue_many(commit, trace, range(300))
    workers.start("crawl", processes=2)
    wait_until(lambda: count_done() > 10)
    database = Database(postgres, settings)
    database.go()
    time.sleep(_GONE_SECONDS)
    before = len(lines_of(trace))
    database.come_back()
    wait_until(lambda: len(lines_of(trace)) > before, 10)
    wait_until(lambda: count_done() == 300, 40)
    assert set(runs(trace)) == set(range(300))
    assert max(runs(trace).values()) == 1


class Database:
    """Lets nobody connect to the test's database for a while, and throws out who is there."""

    def __init__(self, postgres: object, settings: Settings) -> None:
        self._postgres = postgres
        self._name = settings.database_url.partition("?")[0].rpartition("/")[2]

    def go(self) -> None:
        db.session.remove()
        self._run(f"ALTER DATABASE {self._name} WITH ALLOW_CONNECTIONS false")
        self._run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )

    def come_back(self) -> None:
        self._run(f"ALTER DATABASE {self._name} WITH ALLOW_CONNECTIONS true")
        wait_until(self._answers)

    def _run(self, statement: str) -> None:
        self._postgres.run(statement)  # type: ignore[attr-defined]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._postgres.url(self._name)):  # type: ignore[attr-defined]
                return True
        except psycopg.OperationalError:
            return False
