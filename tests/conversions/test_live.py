"""Pages that move when a conversion comes in."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.conversions.factories import make_ingestion
from pitchbar.extensions import bus, db
from pitchbar.live import panels
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


def test_page_to_which_nothing_happens_hears_that_its_line_holds(
    served: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_SIGN_OF_LIFE_SECONDS", 0.1)
    page = served.open(f"/w/{people.workspace.slug}/conversions/socket", people.member)
    assert page.receive(timeout=10)
    assert [page.receive(timeout=10) for _ in range(2)] == ["", ""]
