"""The engine on ClickHouse gives what the engine on the application's own database gives."""

from collections.abc import Callable
from datetime import date
from itertools import cycle

import pytest

from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import Question
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.clients.scan_store import ScanStore
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_workspace
from tests.support.made_up_scans import MadeUp, make_up
from tests.support.parity import (
    Parity,
    filters_of_each_dimension,
    filters_of_pairs,
    parity_spans,
    special_filters,
)

# Clocks go back in it in Berlin.
FIRST, DAYS = date(2026, 10, 22), 9
SQL = SqlEngine(30)


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(clickhouse_url=clickhouse.new_url())


@pytest.fixture(params=["Europe/Berlin", "Asia/Kolkata"])
def world(request: pytest.FixtureRequest, store: ScanStore, feed_all: Callable[[], None]) -> MadeUp:
    made = make_up(make_workspace(time_zone=request.param), 1500, first=FIRST, days=DAYS)
    feed_all()
    return made


@pytest.fixture
def columnar(store: ScanStore) -> ColumnarEngine:
    return ColumnarEngine(store, 30)


def test_every_dimension_under_every_filter_is_the_same_on_both_engines(
    world: MadeUp, columnar: ColumnarEngine
) -> None:
    parity, turns = Parity(), cycle(parity_spans(world.zone))
    is_first = world.zone == "Europe/Berlin"
    # Some of them; `bin/bench parity` compares all, in both zones and in each span.
    each = filters_of_each_dimension(world)[0 if is_first else 3 :: 7]
    pairs = filters_of_pairs(world)[0 if is_first else 4 :: 40]
    special = special_filters()[0 if is_first else 1 :: 2]
    for place, given in enumerate([*each, *special, *pairs]):
        code_id = world.codes[0] if place % 5 == 4 else None
        question = Question(world.workspace_id, next(turns), read_filters(given), code_id)
        parity.compare(SQL, columnar, question, "hits" if place % 7 == 6 else "people")
    assert parity.compared > 300
    assert parity.unequal == []


def test_boards_without_filters_are_the_same_on_both_engines(
    world: MadeUp, columnar: ColumnarEngine
) -> None:
    parity = Parity()
    for place, span in enumerate(parity_spans(world.zone)):
        code_id = world.codes[1] if place % 2 else None
        question = Question(world.workspace_id, span, (), code_id)
        parity.compare(SQL, columnar, question, "conversions" if place > 3 else "people")
    assert parity.unequal == []


def test_pages_and_searches_of_breakdowns_are_the_same_on_both_engines(
    world: MadeUp, columnar: ColumnarEngine
) -> None:
    parity, span = Parity(), parity_spans(world.zone)[0]
    question = Question(world.workspace_id, span, read_filters({"country": ["DE", ""]}))
    for key, search in (
        ("code", ""),
        ("label", ""),
        ("browser", "A"),
        ("utm_source", ""),
        ("utm_source", "ÜNÏ"),
        ("domain", "EXAMPLE"),
        ("referrer", '"'),
        ("city", "nowhere"),
    ):
        parity.compare_page(SQL, columnar, question, BY_KEY[key], search)
    assert (parity.compared, parity.unequal) == (8, [])
