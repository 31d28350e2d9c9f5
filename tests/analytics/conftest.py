from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.copying import plan_all
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.clients.scan_store import ScanStore
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.clickhouse import ClickHouse, clickhouse_server
from tests.support.servers import memory_folder


@pytest.fixture(scope="session")
def _clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    with clickhouse_server(memory_folder(tmp_path_factory.mktemp("clickhouse"))) as server:
        yield server


@pytest.fixture
def clickhouse(_clickhouse: ClickHouse) -> Iterator[ClickHouse]:
    """As it should be; a test that told it otherwise leaves it so."""
    yield _clickhouse
    _clickhouse.tell("ok")


@pytest.fixture
def store(app: Flask) -> ScanStore:
    """The one that the application uses; its tables are there."""
    made = connect_store(current_settings())
    upgrade_schema(made)
    return made


@pytest.fixture
def consumer(store: ScanStore) -> Consumer:
    return Consumer(db.engine, store, Bus(), most_waiting=1000)


@pytest.fixture
def feed_all(consumer: Consumer) -> Callable[[], None]:
    """Brings all that waits to ClickHouse, history included."""

    def feed_all() -> None:
        db.session.commit()
        plan_all(db.session())
        db.session.commit()
        while consumer.drain_once() or consumer.copy_once():
            pass
        db.session.expire_all()

    return feed_all
