from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pitchbar.core.bus import Bus
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.pipeline import make_ingestion
from pitchbar.settings import Settings
from tests.scans.peers import RestartableRedis, make_engine

Ingest = Callable[..., int]


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """On the test's database, beside the app's own."""
    engine = make_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def ingestion(settings: Settings, engine: Engine) -> Ingestion:
    return make_ingestion(settings, engine, Bus())


@pytest.fixture
def ingest(ingestion: Ingestion) -> Ingest:
    """Stores lines as one delivery; returns how many scans were new."""
    return lambda *lines: ingestion.ingest_scans(b"".join(lines))


@pytest.fixture
def rejected(settings: Settings) -> Path:
    return settings.spool_dir / "rejected.ndjson"


@pytest.fixture
def restartable_redis(tmp_path: Path) -> Iterator[RestartableRedis]:
    """Stopped at first."""
    server = RestartableRedis(tmp_path)
    yield server
    server.stop()
