"""The engine on ClickHouse gives what the engine on the application's own database gives."""

from datetime import date

from flask import Flask

from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.columnar.feed import feed
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.analytics.dimensions import DIMENSIONS
from pitchbar.analytics.engine import Question
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.clients.scan_store import ScanStore
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_workspace
from tests.support.made_up_scans import make_up

FIRST, DAYS = date(2026, 10, 22), 9


def test_one(app: Flask, clickhouse: ClickHouse) -> None:
    from pitchbar.analytics.columnar.consumer import Consumer
    from pitchbar.core.bus import Bus
    from pitchbar.extensions import db

    store = ScanStore(clickhouse.new_url())
    upgrade_schema(store)
    feed.is_on = True
    world = make_up(make_workspace(time_zone="Europe/Berlin"), 1200, first=FIRST, days=DAYS)
    consumer = Consumer(db.engine, store, Bus(), 10**6)
    while consumer.drain_once():
        pass
    columnar, sql = ColumnarEngine(store, 30), SqlEngine(30)
    import time

    for span in (
        span_of_days(date(2026, 10, 22), date(2026, 10, 30), "day", world.zone),
        span_of_days(date(2026, 10, 24), date(2026, 10, 27), "hour", world.zone),
    ):
        for filters in ({}, {"country": ["DE", "AT"], "device": ["!phone"]}):
            question = Question(world.workspace_id, span, read_filters(filters))
            t = time.time()
            wanted = sql.read_board(question, DIMENSIONS, limit=5, with_week=True)
            t1 = time.time()
            found = columnar.read_board(question, DIMENSIONS, limit=5, with_week=True)
            print(t1 - t, time.time() - t1)
            assert found.totals == wanted.totals
            assert list(found.series) == list(wanted.series)
            assert found.week == wanted.week
            for key in wanted.breakdowns:
                assert found.breakdowns[key] == wanted.breakdowns[key]
