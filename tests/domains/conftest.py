from collections.abc import Iterator

import pytest

from tests.fakes.dns import FakeDns, dns_server


@pytest.fixture
def dns() -> Iterator[FakeDns]:
    with dns_server() as server:
        yield server
