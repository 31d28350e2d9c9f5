from collections.abc import Iterator

import pytest

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
