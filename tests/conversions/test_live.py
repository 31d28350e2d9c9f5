"""Pages that move when a conversion comes in."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.conversions.factories import make_ingestion
from pitchbar.extensions import bus, db
from pitchbar.settings import Settings
from tests.conversions.calling import make_line
from tests.pages.watching import Served, serve
from tests.support.factories import People, make_code


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    with serve(app) as served:
        yield served


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.mark.parametrize("address", ["conversions/socket", "live/socket", "live/socket?of={code}"])
def test_conversion_moves_the_open_page_at_once(
    served: Served, people: People, code: Code, settings: Settings, address: str
) -> None:
    path = f"/w/{people.workspace.slug}/{address.format(code=code.id)}"
    page = served.open(path, people.member)
    assert "€12.50" not in str(page.receive(timeout=10))
    line, started = make_line(code, value_minor=1250, currency="EUR"), time.monotonic()
    db.session.rollback()
    make_ingestion(settings, db.engine, bus).ingest(line)
    assert "€12.50" in str(page.receive(timeout=10))
    # Without a push, the next look would come after 20 seconds.
    assert time.monotonic() - started < 5
