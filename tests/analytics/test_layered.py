"""With ClickHouse away, or not filled yet, boards are answered all the same, and say so."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from pitchbar import create_app
from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.columnar.copying import plan_days
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import Engine, Question
from pitchbar.analytics.engines import engine_for
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.layered import AWAY, FILLING
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.clients.scan_store import ScanStore
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import Settings, SettingsError
from pitchbar.workspaces.models import Membership, Workspace
from tests.conftest import MakeSettings
from tests.support.browsing import FormClient, sign_in
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_person, make_workspace
from tests.support.made_up_scans import MadeUp, make_up, store_scans

FIRST = date(2026, 10, 1)
DIMENSIONS = [BY_KEY["country"], BY_KEY["code"]]


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(clickhouse_url=clickhouse.new_url(), clickhouse_timeout=1)


@pytest.fixture
def world(store: ScanStore) -> MadeUp:
    return make_up(make_workspace(plan="scale"), 200, first=FIRST, days=3)


@pytest.fixture
def engine(world: MadeUp) -> Engine:
    return engine_for(db.session.get_one(Workspace, world.workspace_id))


def question(world: MadeUp, **filters: list[str]) -> Question:
    span = span_of_days(FIRST, FIRST + timedelta(days=3), "day", world.zone)
    return Question(world.workspace_id, span, read_filters(filters))


def test_the_page_says_that_the_database_answers(
    world: MadeUp,
    client: FormClient,
    feed_all: Callable[[], None],
    clickhouse: ClickHouse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed_all()
    workspace = db.session.get_one(Workspace, world.workspace_id)
    person = make_person()
    db.session.add(Membership(workspace=workspace, person=person, role="member"))
    db.session.commit()
    sign_in(client, person)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 4, 12, tzinfo=UTC))
    pages = (f"/w/{workspace.slug}/?country=DE", f"/w/{workspace.slug}/live/fragments?country=DE")
    clickhouse.tell("fail")
    for page in pages:
        assert AWAY in " ".join(client.get(page).text.split())
    clickhouse.tell("ok")


@pytest.mark.parametrize("mode", ["fail", "hang"])
def test_database_answers_while_clickhouse_is_away(
    world: MadeUp,
    engine: Engine,
    feed_all: Callable[[], None],
    clickhouse: ClickHouse,
    store: ScanStore,
    mode: str,
) -> None:
    feed_all()
    asked = question(world, country=["DE"])
    wanted = SqlEngine(30).read_board(asked, DIMENSIONS)
    board = engine.read_board(asked, DIMENSIONS)
    assert (board.notice, board) == ("", wanted)

    clickhouse.tell(mode)
    board = engine.read_board(asked, DIMENSIONS)
    assert board.notice == AWAY
    assert (board.totals, board.breakdowns) == (wanted.totals, wanted.breakdowns)
    assert engine.read_totals(asked) == wanted.totals
    page = engine.read_breakdown(asked, BY_KEY["code"])
    assert page.rows == SqlEngine(30).read_breakdown(asked, BY_KEY["code"]).rows
    assert engine.read_board(question(world), DIMENSIONS).notice == ""

    clickhouse.tell("ok")
    store.resume()
    assert engine.read_board(asked, DIMENSIONS) == wanted


def test_database_answers_for_times_that_clickhouse_does_not_have(
    world: MadeUp, engine: Engine, feed_all: Callable[[], None]
) -> None:
    asked = question(world, device=["!phone"])
    wanted = SqlEngine(30).read_board(asked)
    assert (engine.read_board(asked).notice, engine.read_board(asked).totals) == (
        FILLING,
        wanted.totals,
    )
    feed_all()
    assert engine.read_board(asked).notice == ""

    start = asked.span.start
    plan_days(db.session(), "scans", start - timedelta(days=9), start - timedelta(days=8))
    assert engine.read_board(asked).notice == ""
    plan_days(db.session(), "scans", start, start)
    assert engine.read_board(asked).notice == FILLING


def test_database_answers_when_rows_wait_for_long(
    world: MadeUp,
    engine: Engine,
    feed_all: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed_all()
    asked = question(world, device=["phone"])
    store_scans(world, [world.scans[0] | {"id": world.conversions[0]["id"]}])
    assert engine.read_board(asked).notice == ""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=70))
    late = engine.read_board(asked)
    assert late.notice == FILLING
    assert late.totals == SqlEngine(30).read_totals(asked)


def test_without_an_address_the_database_answers_alone(
    make_settings: MakeSettings, world: MadeUp
) -> None:
    with create_app(make_settings()).app_context():
        assert isinstance(engine_for(db.session.get_one(Workspace, world.workspace_id)), SqlEngine)


@pytest.mark.parametrize(
    "url", ["clickhouse://host/db", "https://host/a/b", "host:8123", "http://"]
)
def test_address_that_is_none_stops_the_start(make_settings: MakeSettings, url: str) -> None:
    with pytest.raises(SettingsError, match="CLICKHOUSE_URL"):
        make_settings(clickhouse_url=url)
