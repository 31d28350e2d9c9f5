"""What is stored reaches ClickHouse as it is stored, whatever happens to either."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.columnar import consumer as consumer_module
from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.deletions import delete_before
from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.columnar.feed import feed
from pitchbar.analytics.columnar.models import CopyRange, FeedEntry
from pitchbar.analytics.columnar.rows import SCAN_NAMES, as_columns, scans_query, visitor_id
from pitchbar.analytics.columnar.tasks import feed_scan_store
from pitchbar.analytics.columnar.turns import Turn
from pitchbar.analytics.engine import Question
from pitchbar.clients.scan_store import ScanStore, ScanStoreUnavailable
from pitchbar.codes.models import Code
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.core.personal_data import Whom
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.privacy.erasure import erase
from pitchbar.scans.models import Scan
from pitchbar.settings import Settings
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces
from pitchbar.workspaces.models import UNDO_DAYS, Workspace
from tests.conftest import MakeSettings
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_code, make_workspace
from tests.support.made_up_scans import MadeUp, make_up, store_conversions, store_scans
from tests.support.scans import Visit, make_scans
from tests.support.scans import store as store_visits
from tests.support.servers import on_both_databases

ENTRIES = select(func.count()).select_from(FeedEntry)


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(clickhouse_url=clickhouse.new_url(), clickhouse_timeout=1)


@pytest.fixture
def code(app: Flask) -> Code:
    return make_code(make_workspace(plan="scale"))


def drain(consumer: Consumer) -> None:
    db.session.commit()
    while consumer.drain_once():
        pass
    db.session.expire_all()


def rows_there(store: ScanStore, table: str = "scans") -> list[tuple[Any, ...]]:
    names = ", ".join(SCAN_NAMES)
    return sorted(map(tuple, store.query(f"SELECT {names} FROM {table} FINAL")))


def rows_here() -> list[tuple[Any, ...]]:
    rows = db.session.execute(scans_query()).all()
    if not rows:
        return []
    columns = as_columns(SCAN_NAMES, rows)[1]
    return sorted(zip(*columns[:-1], strict=True))


@on_both_databases
def test_rows_are_those_that_the_database_stored(
    code: Code, store: ScanStore, consumer: Consumer
) -> None:
    make_up(db.session.get_one(Workspace, code.workspace_id), 300, first=TODAY, days=2)
    make_scans(code, 20)
    drain(consumer)
    assert len(rows_here()) == 320
    assert rows_there(store) == rows_here()
    assert db.session.scalar(ENTRIES) == 1  # the conversion whose scan was never stored


TODAY = clock.now().date() - timedelta(days=3)


def test_batch_that_is_told_twice_changes_nothing(
    code: Code, store: ScanStore, consumer: Consumer, clickhouse: ClickHouse
) -> None:
    make_scans(code, 30)
    clickhouse.tell("lose")
    with pytest.raises(ScanStoreUnavailable):
        consumer.drain_once()
    clickhouse.tell("ok")
    store.resume()
    # The client itself has tried twice.
    assert store.query("SELECT count() FROM scans") == [(60,)]
    # Told, and not known to be: it is told again.
    assert db.session.scalar(ENTRIES) == 1
    drain(consumer)
    assert len(rows_here()) == 30
    assert rows_there(store) == rows_here()
    today = clock.now().date()
    span = span_of_days(today - timedelta(days=1), today, "day", "UTC")
    totals = ColumnarEngine(store, 30).read_totals(Question(code.workspace_id, span))
    assert (totals.hits, totals.people) == (30, 30)


@pytest.mark.parametrize("mode", ["fail", "hang"])
def test_nothing_is_lost_and_nobody_waits_while_clickhouse_is_away(
    code: Code, store: ScanStore, consumer: Consumer, clickhouse: ClickHouse, mode: str
) -> None:
    clickhouse.tell(mode)
    make_scans(code, 25)
    with pytest.raises(ScanStoreUnavailable):
        consumer.drain_once()
    make_scans(code, 5, at=clock.now() - timedelta(days=1))
    assert db.session.scalar(ENTRIES) == 2

    clickhouse.tell("ok")
    store.resume()
    drain(consumer)
    assert len(rows_there(store)) == 30
    assert rows_there(store) == rows_here()


def test_who_asks_again_at_once_is_told_so_without_waiting(
    app: Flask, clickhouse: ClickHouse, store: ScanStore
) -> None:
    clickhouse.tell("hang")
    with pytest.raises(ScanStoreUnavailable):
        store.query("SELECT 1")
    clickhouse.tell("ok")
    with pytest.raises(ScanStoreUnavailable, match="a moment ago"):
        store.query("SELECT 1")
    store.resume()
    assert store.query("SELECT 1") == [(1,)]


def test_too_many_that_wait_become_days_to_copy(
    code: Code, store: ScanStore, consumer: Consumer, clickhouse: ClickHouse
) -> None:
    clickhouse.tell("fail")
    for back in range(8):
        make_scans(code, 200, at=clock.now() - timedelta(days=back))
    assert consumer.bound_waiting() >= 1000
    db.session.expire_all()
    assert db.session.scalar(ENTRIES) in (2, 3)
    assert db.session.scalar(select(func.count()).select_from(CopyRange)) in (5, 6, 7)
    assert consumer.bound_waiting() == 0

    clickhouse.tell("ok")
    store.resume()
    drain(consumer)
    while consumer.copy_once():
        pass
    assert len(rows_here()) == 1600
    assert rows_there(store) == rows_here()


def test_conversion_whose_scan_is_late_gets_its_properties(
    code: Code, store: ScanStore, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = db.session.get_one(Workspace, code.workspace_id)
    world = make_up(workspace, 10, first=TODAY, days=1)
    scan = dict(world.scans[0])
    late = scan | {"id": UUID(int=7), "country": "DE", "browser": "Safari"}
    told = dict(world.conversions[0]) | {"id": UUID(int=8), "scan_id": late["id"]}
    store_conversions([told | {"scanned_at": late["scanned_at"]}])
    drain(consumer)
    known = "SELECT country FROM conversions FINAL WHERE id = {id:UUID}"
    assert store.query(known, {"id": str(told["id"])}) == [("",)]

    store_scans(world, [late])
    drain(consumer)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    drain(consumer)
    assert store.query(known, {"id": str(told["id"])}) == [("DE",)]


@on_both_databases
def test_erased_visitor_is_erased_there_too_and_the_scans_stay(
    code: Code, store: ScanStore, consumer: Consumer
) -> None:
    workspace = db.session.get_one(Workspace, code.workspace_id)
    make_up(workspace, 200, first=TODAY, days=2)
    drain(consumer)
    visitor = db.session.scalars(
        select(Scan.visitor)
        .join(Conversion, Conversion.scan_id == Scan.id)
        .where(Scan.visitor.is_not(None))
    ).first()
    assert visitor
    erase(workspace, Whom(visitor), Actor("system", None, "Test"))
    drain(consumer)
    assert rows_there(store) == rows_here()
    assert len(rows_here()) == 200
    for table in ("scans", "conversions"):
        theirs = f"SELECT count() FROM {table} WHERE visitor = {{visitor:UUID}}"
        assert store.query(theirs, {"visitor": str(visitor_id(visitor))}) == [(0,)]
    told = db.session.scalar(select(func.count()).select_from(Conversion))
    assert store.query("SELECT count() FROM conversions FINAL") == [(told,)]


def test_erasure_waits_for_clickhouse_and_is_done_when_it_is_back(
    code: Code, store: ScanStore, consumer: Consumer, clickhouse: ClickHouse
) -> None:
    store_visits(Visit(code, address="81.2.69.7"))
    drain(consumer)
    visitor = db.session.scalars(select(Scan.visitor)).first() or ""
    clickhouse.tell("fail")
    workspace = db.session.get_one(Workspace, code.workspace_id)
    erase(workspace, Whom(visitor), Actor("system", None, "Test"))
    db.session.commit()
    with pytest.raises(ScanStoreUnavailable):
        consumer.drain_once()
    assert db.session.scalar(ENTRIES) == 1

    clickhouse.tell("ok")
    store.resume()
    drain(consumer)
    assert store.query("SELECT visitor FROM scans FINAL")[0][0] == visitor_id(None)


def test_purged_workspace_is_purged_there_and_others_stay(
    code: Code, store: ScanStore, consumer: Consumer
) -> None:
    other = make_code(make_workspace(plan="scale"))
    make_scans(code, 10)
    make_scans(other, 4)
    drain(consumer)
    workspace = db.session.get_one(Workspace, code.workspace_id)
    workspace.deletion_asked_at = clock.now() - timedelta(days=UNDO_DAYS)
    db.session.commit()
    purge_deleted_workspaces(clock.now())
    drain(consumer)
    found = store.query("SELECT workspace_id, count() FROM scans GROUP BY workspace_id")
    assert found == [(other.workspace_id, 4)]


def test_old_scans_go_and_what_came_of_them_stays(
    code: Code, store: ScanStore, consumer: Consumer
) -> None:
    world: MadeUp = make_up(
        db.session.get_one(Workspace, code.workspace_id), 200, first=TODAY, days=2
    )
    drain(consumer)
    conversions = store.query("SELECT count(), sum(value_minor) FROM conversions FINAL")
    delete_before(clock.now(), world.workspace_id)
    drain(consumer)
    assert store.query("SELECT count() FROM scans") == [(0,)]
    assert store.query("SELECT count(), sum(value_minor) FROM conversions FINAL") == conversions
    known = "countIf(country != ''), countIf(browser != ''), countIf(rule_id != 0) > 0"
    assert store.query(f"SELECT {known} FROM conversions FINAL") == [(0, 0, True)]


def test_one_writes_at_a_time(app: Flask, consumer: Consumer, code: Code) -> None:
    make_scans(code, 3)
    first = Turn(db.engine)
    assert first.take()
    assert consumer.run(0.2, 0.1) == 0
    assert first.take()
    first.give_back()
    assert consumer.run(5, 0.1) > 0


def test_pages_hear_of_what_is_there_now(code: Code, store: ScanStore) -> None:
    heard: list[dict[str, Any]] = []
    bus = Bus()
    bus.subscribe("scans", heard.append)
    make_scans(code, 3)
    Consumer(db.engine, store, bus, 1000).drain_once()
    assert heard == [{"workspaces": [code.workspace_id], "codes": [code.id]}]


def test_job_is_called_for_with_the_scans_and_brings_them(
    code: Code, store: ScanStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "_LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr("pitchbar.analytics.columnar.tasks.LINGER_SECONDS", 0.1)
    feed._called_at = 0.0
    make_scans(code, 3)
    called = select(func.count()).select_from(Job).where(Job.task == feed_scan_store.name)
    assert db.session.scalar(called) == 1
    feed_scan_store()
    assert len(rows_there(store)) == 3


def test_without_an_address_nothing_is_written_down(
    make_settings: MakeSettings, code: Code
) -> None:
    feed.is_on = False
    make_scans(code, 3)
    assert db.session.scalar(ENTRIES) == 0
