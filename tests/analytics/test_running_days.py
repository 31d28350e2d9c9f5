"""The day that runs: rolled hour by hour, and never wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchbar.analytics import tasks
from pitchbar.analytics.buckets import choose_interval, span_of_days
from pitchbar.analytics.dimensions import DIMENSIONS
from pitchbar.analytics.engine import Question
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.analytics.sql.models import RolledDay, RolledMonth, ScanBreakdown
from pitchbar.analytics.sql.months import OpenMonth, sum_month
from pitchbar.analytics.sql.rolling import LEAST_SCANS, OpenDay, roll_day
from pitchbar.analytics.tasks import roll_recent_days
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.analytics.test_rolling import later_scan
from tests.support.factories import make_workspace
from tests.support.made_up_scans import MadeUp, make_up, recount, store_scans
from tests.support.servers import on_both_databases

ENGINE = SqlEngine(30)
DAY = date(2026, 10, 22)
Clock = Callable[[datetime], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def set_clock(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    return set_clock


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch, set_clock: Clock) -> MadeUp:
    """A day of Berlin with 900 scans, and at half past four it is not over."""
    monkeypatch.setattr(tasks, "LEAST_OF_RUNNING_DAY", 100)
    set_clock(datetime(2026, 10, 22, 14, 30, tzinfo=UTC))
    workspace = make_workspace(time_zone="Europe/Berlin")
    return make_up(workspace, 900, first=DAY, days=1, codes=3)


def marks(world: MadeUp, code_id: int = 0) -> dict[date, tuple[datetime, bool | None]]:
    db.session.rollback()
    query = select(RolledDay).where(
        RolledDay.workspace_id == world.workspace_id, RolledDay.code_id == code_id
    )
    return {one.day: (one.end_at, one.is_partial) for one in db.session.scalars(query)}


def question(
    world: MadeUp, first: date, last: date, code_id: int | None = None, zone: str = ""
) -> Question:
    span = span_of_days(first, last, choose_interval(first, last), zone or world.zone)
    return Question(world.workspace_id, span, code_id=code_id)


def assert_exact(world: MadeUp, first: date = DAY, last: date = DAY) -> None:
    """Of the workspace, of a code that is rolled by itself, and of one that is not."""
    db.session.rollback()
    for code_id in (None, *world.codes):
        asked = question(world, first, last, code_id)
        board = ENGINE.read_board(asked, DIMENSIONS)
        assert board.breakdowns == recount(world, asked, DIMENSIONS).breakdowns


@on_both_databases
def test_hours_that_are_over_are_rolled_and_the_rest_is_added(world: MadeUp) -> None:
    roll_recent_days()
    assert marks(world) == {DAY: (datetime(2026, 10, 22, 13, tzinfo=UTC), True)}
    scans = [sum(one["code_id"] == code for one in world.scans) for code in world.codes]
    assert max(scans) > LEAST_SCANS > min(scans)
    assert_exact(world)
    with db.engine.begin() as connection:
        connection.execute(update(ScanBreakdown).values(hits=ScanBreakdown.hits + 1_000_000))
    rows = ENGINE.read_board(question(world, DAY, DAY), DIMENSIONS).breakdowns["code"].rows
    assert rows[0].hits > 1_000_000


@on_both_databases
def test_visitors_who_come_again_after_what_is_rolled_are_unique_once(world: MadeUp) -> None:
    roll_recent_days()
    before = next(
        one
        for one in world.scans
        if one["visitor"] and not one["robot_reason"] and one["scanned_at"].hour < 10
    )
    again = [
        {**before, "id": later_scan(world, 7, before["scanned_at"])["id"], "scanned_at": at}
        for at in [datetime(2026, 10, 22, 14, 10, tzinfo=UTC)]
    ]
    elsewhere = {**again[0], "id": later_scan(world, 8, before["scanned_at"])["id"]}
    elsewhere["country"] = "NZ"
    for one in (*again, elsewhere):
        store_scans(world, [one])
        world.scans.append(one)
    assert marks(world), "they came in time"
    assert_exact(world)


@on_both_databases
def test_each_hour_it_is_rolled_further_until_it_is_over(world: MadeUp, set_clock: Clock) -> None:
    for hour, minute, until in ((14, 30, 13), (14, 50, 13), (15, 1, 13), (15, 2, 14), (21, 30, 20)):
        set_clock(datetime(2026, 10, 22, hour, minute, tzinfo=UTC))
        roll_recent_days()
        assert marks(world)[DAY] == (datetime(2026, 10, 22, until, tzinfo=UTC), True)
    assert_exact(world)
    set_clock(datetime(2026, 10, 22, 23, 10, tzinfo=UTC))
    roll_recent_days()
    assert marks(world)[DAY] == (datetime(2026, 10, 22, 22, tzinfo=UTC), None)
    assert_exact(world)


@on_both_databases
def test_a_late_scan_of_hours_that_are_rolled_is_counted_at_once(world: MadeUp) -> None:
    roll_recent_days()
    late = later_scan(world, 1, datetime(2026, 10, 22, 9, tzinfo=UTC))
    store_scans(world, [late])
    world.scans.append(late)
    assert marks(world) == {}
    assert_exact(world)
    roll_recent_days()
    assert marks(world)
    assert_exact(world)


@on_both_databases
def test_after_midnight_yesterday_and_today_may_both_be_begun(
    world: MadeUp, set_clock: Clock
) -> None:
    yesterday = make_up_more(world, DAY + timedelta(days=1))
    roll_recent_days()
    set_clock(datetime(2026, 10, 23, 14, 30, tzinfo=UTC))
    roll_day(
        db.engine,
        OpenDay(world.workspace_id, world.zone, yesterday, datetime(2026, 10, 23, 13, tzinfo=UTC)),
    )
    assert len(marks(world)) == 2
    assert_exact(world, DAY, yesterday)
    assert_exact(world, yesterday, yesterday)


def make_up_more(world: MadeUp, day: date) -> date:
    move = timedelta(days=1)
    for number, one in enumerate(world.scans[:200]):
        at = one["scanned_at"] + move
        later = {**one, "id": later_scan(world, 100 + number, at)["id"], "scanned_at": at}
        store_scans(world, [later])
        world.scans.append(later)
    return day


@on_both_databases
def test_in_another_zone_what_is_begun_is_not_read(world: MadeUp) -> None:
    roll_recent_days()
    asked = question(world, DAY, DAY, zone="America/New_York")
    board = ENGINE.read_board(asked, DIMENSIONS)
    wanted = recount(world, asked, DIMENSIONS).breakdowns["country"].rows
    assert [(row.value, row.hits) for row in board.breakdowns["country"].rows] == [
        (row.value, row.hits) for row in wanted
    ]


def test_a_month_holds_no_day_that_is_begun(world: MadeUp) -> None:
    roll_recent_days()
    sum_month(db.engine, OpenMonth(world.workspace_id, DAY.replace(day=1)))
    db.session.rollback()
    assert db.session.scalars(select(RolledMonth.tokens)).all() == [0]


def test_a_day_with_few_scans_is_not_rolled_before_it_is_over(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LEAST_OF_RUNNING_DAY", 2_000)
    roll_recent_days()
    assert marks(world) == {}
