"""Who hears of stored scans: in the worker, in the embedded process and in the demo."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, select

from pitchbar.analytics.sql.open_days import list_open_days
from pitchbar.core import clock
from pitchbar.core.assets import ROOT
from pitchbar.demo import make_demo
from pitchbar.scans import draining, stored
from pitchbar.scans.draining import drain_inbox
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.inbox import DirectInbox, RedisInbox, connect
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.models import Scan
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import assert_rollups_equal_rows, make_line, rows_of
from tests.scans.spooling import make_shipper
from tests.support.servers import on_both_databases


class Subscriber:
    """Remembers what it heard, and looks into the database from within and from without."""

    def __init__(self) -> None:
        self.heard: list[UUID] = []
        self.error: Exception | None = None

    def __call__(self, connection: Connection, scans: Sequence[EnrichedScan]) -> None:
        ids = {scan.id for scan in scans}
        assert ids <= ids_of(connection), "the rows stand in the transaction"
        with connection.engine.connect() as outside:
            assert not ids & ids_of(outside), "it is not committed yet"
        self.heard += [scan.id for scan in scans]
        if self.error:
            raise self.error


def ids_of(connection: Connection) -> set[UUID]:
    return set(connection.execute(select(Scan.id)).scalars())


@pytest.fixture
def subscriber(monkeypatch: pytest.MonkeyPatch) -> Subscriber:
    monkeypatch.setattr(stored, "_subscribers", list(stored._subscribers))
    subscriber = Subscriber()
    stored.subscribe(subscriber)
    stored.subscribe(subscriber)
    return subscriber


def scan_id(number: int) -> str:
    return f"019d2f0e6f2a7c319a44{number:012x}"


LINES = [make_line(scan_id=scan_id(number)) for number in range(4)]
IDS = [UUID(scan_id(number)) for number in range(4)]


@on_both_databases
def test_worker_tells_of_each_scan_once(
    app: Flask,
    settings: Settings,
    redis_url: str,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draining, "LINGER_SECONDS", 0.2)
    with_redis = settings.replaced(redis_url=redis_url)
    monkeypatch.setitem(app.extensions, "settings", with_redis)
    inbox = RedisInbox(connect(redis_url))
    inbox.put(LINES[0] + LINES[1])
    inbox.put(LINES[1] + LINES[2] + LINES[2])
    drain_inbox()
    assert sorted(subscriber.heard) == IDS[:3]


@on_both_databases
def test_embedded_shipper_tells_of_each_scan_once(
    ingestion: Ingestion, spool: Spool, subscriber: Subscriber
) -> None:
    shipper = make_shipper(spool, DirectInbox(ingestion.ingest_scans))
    for passes in ((0, 1), (1, 2, 2)):
        for number in passes:
            spool.append(LINES[number])
        shipper.ship()
    assert sorted(subscriber.heard) == IDS[:3]


def test_demo_tells_of_its_scans_too(app: Flask, engine: Engine, subscriber: Subscriber) -> None:
    make_demo()
    ids = [row.id for row in rows_of(engine)]
    assert len(ids) > 1000
    assert sorted(subscriber.heard) == sorted(ids)
    # Its boards are quick from the first look.
    with engine.connect() as connection:
        assert list_open_days(connection, date.min, clock.now().date(), 1000) == []


def test_nobody_is_told_when_nothing_is_new(ingest: Ingest, subscriber: Subscriber) -> None:
    assert ingest(LINES[0]) == 1
    subscriber.error = AssertionError("told of nothing")
    assert ingest(LINES[0]) == 0


@on_both_databases
def test_error_of_a_subscriber_undoes_the_batch_and_its_rollups(
    ingest: Ingest, engine: Engine, subscriber: Subscriber
) -> None:
    subscriber.error = ConnectionError("away for a moment")
    with pytest.raises(ConnectionError):
        ingest(*LINES)
    assert rows_of(engine) == []
    assert_rollups_equal_rows(engine)
    subscriber.error = None
    assert ingest(*LINES) == 4
    assert_rollups_equal_rows(engine)


def test_edge_that_stores_scans_itself_knows_every_subscriber(tmp_path: Path) -> None:
    """Alone and without Redis there is no worker, and nobody else who would tell them."""
    program = "import sys, wsgi; wsgi.edge; print('pitchbar.features' in sys.modules)"
    environ = {
        "PATH": str(Path(sys.executable).parent),
        "APP_KEY": "any",
        "DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr
