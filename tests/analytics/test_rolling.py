"""Breakdowns of days that are over: made once, taken back for late rows, and never wrong."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from pitchbar.analytics import tasks
from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.analytics.engine import Breakdown, Question
from pitchbar.analytics.sql import rolling
from pitchbar.analytics.sql.closing import close_days
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.analytics.sql.models import ConversionBreakdown, RolledDay, ScanBreakdown
from pitchbar.analytics.sql.open_days import list_open_days
from pitchbar.analytics.sql.rolling import OpenDay, lock_workspace, roll_day
from pitchbar.analytics.tasks import roll_days, roll_recent_days
from pitchbar.core import clock
from pitchbar.core.clock import local_date
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.scans.models import Scan
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.services import update_workspace
from tests.support.factories import make_workspace
from tests.support.made_up_scans import (
    MadeUp,
    make_up,
    recount,
    store_conversions,
    store_scans,
)
from tests.support.servers import on_both_databases, on_postgresql
from tests.support.waiting import wait_until

FIRST, DAYS = date(2026, 10, 22), 4
ENGINE = SqlEngine(30)
COUNTRY = BY_KEY["country"]


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    now = datetime(2026, 10, 27, 9, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    workspace = make_workspace(time_zone="Europe/Berlin")
    return make_up(workspace, 300, first=FIRST, days=DAYS, codes=3)


def rolled(world: MadeUp, code_id: int = 0) -> list[date]:
    db.session.rollback()
    query = select(RolledDay.day).where(
        RolledDay.workspace_id == world.workspace_id, RolledDay.code_id == code_id
    )
    return sorted(db.session.scalars(query))


def board_question(world: MadeUp, code_id: int | None = None) -> Question:
    last = FIRST + timedelta(days=DAYS + 1)
    return Question(
        world.workspace_id, span_of_days(FIRST, last, "day", world.zone), code_id=code_id
    )


def read_countries(world: MadeUp, code_id: int | None = None) -> Breakdown:
    db.session.rollback()
    return ENGINE.read_breakdown(board_question(world, code_id), COUNTRY, limit=9)


def assert_exact(world: MadeUp) -> None:
    db.session.rollback()
    for code_id in (None, world.codes[0]):
        question = board_question(world, code_id)
        board = ENGINE.read_board(question, DIMENSIONS)
        assert board.breakdowns == recount(world, question, DIMENSIONS).breakdowns


def later_scan(world: MadeUp, number: int, at: datetime) -> dict[str, object]:
    return {**world.scans[0], "id": UUID(int=number), "scanned_at": at, "country": "NZ"}


@on_both_databases
def test_the_job_rolls_all_days_that_are_over(world: MadeUp) -> None:
    roll_days()
    roll_recent_days()
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    # Conversions came until two days later; today is not over.
    assert rolled(world) == [*days, date(2026, 10, 26)]
    assert_exact(world)


@on_both_databases
def test_a_code_with_few_scans_on_a_day_is_not_rolled_by_itself(world: MadeUp) -> None:
    roll_day(db.engine, OpenDay(world.workspace_id, world.zone, FIRST), least=50)
    days = [(one["code_id"], local_date(one["scanned_at"], world.zone)) for one in world.scans]
    for code_id in world.codes:
        assert bool(rolled(world, code_id)) == (days.count((code_id, FIRST)) >= 50)
    assert_exact(world)


@on_both_databases
def test_what_is_rolled_is_read_from_there(world: MadeUp) -> None:
    roll_days()
    with db.engine.begin() as connection:
        connection.execute(update(ScanBreakdown).values(hits=ScanBreakdown.hits + 1_000_000))
    assert read_countries(world).rows[0].hits > 1_000_000


@on_both_databases
def test_a_second_time_changes_nothing(world: MadeUp) -> None:
    roll_days()
    before = _rows()
    for day in rolled(world):
        roll_day(db.engine, OpenDay(world.workspace_id, world.zone, day))
    assert _rows() == before
    assert before[0] > 100


def _rows() -> tuple[int, ...]:
    db.session.rollback()
    counts = [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (ScanBreakdown, ConversionBreakdown, RolledDay)
    ]
    sums = db.session.execute(
        select(func.sum(ScanBreakdown.hits), func.sum(ScanBreakdown.unique_people))
    ).one()
    return tuple(int(one or 0) for one in (*counts, *sums))


@on_both_databases
def test_a_day_whose_rolling_is_killed_in_the_middle_is_as_it_was(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_days()
    before, day = _rows(), FIRST

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rolling, "_mark", die)
    with pytest.raises(KeyboardInterrupt):
        roll_day(db.engine, OpenDay(world.workspace_id, world.zone, day))
    assert _rows() == before
    assert_exact(world)


@on_both_databases
def test_a_late_scan_is_counted_at_once_and_its_day_rolled_again(world: MadeUp) -> None:
    roll_days()
    roll_recent_days()
    late = later_scan(world, 1, datetime(2026, 10, 23, 12, tzinfo=UTC))
    store_scans(world, [late])
    world.scans.append(late)
    assert date(2026, 10, 23) not in rolled(world)
    assert len(rolled(world)) == DAYS
    assert [row.hits for row in read_countries(world).rows if row.value == "NZ"] == [1]
    assert_exact(world)
    roll_days()
    assert date(2026, 10, 23) in rolled(world)
    assert_exact(world)


@on_both_databases
def test_a_late_conversion_is_counted_at_once(world: MadeUp) -> None:
    roll_days()
    scan = world.scans[0]
    late = {
        **world.conversions[0],
        "id": UUID(int=2),
        "scan_id": scan["id"],
        "scanned_at": scan["scanned_at"],
        "code_id": scan["code_id"],
        "rule_id": scan["rule_id"],
        "occurred_at": datetime(2026, 10, 24, 10, tzinfo=UTC),
        "day": date(2026, 10, 24),
    }
    store_conversions([late])
    world.conversions.append(late)
    assert date(2026, 10, 24) not in rolled(world)
    assert_exact(world)


@on_both_databases
def test_a_scan_that_comes_after_its_conversion_gives_it_its_properties(world: MadeUp) -> None:
    late = later_scan(world, 3, datetime(2026, 10, 23, 12, tzinfo=UTC))
    early = {
        **world.conversions[0],
        "id": UUID(int=4),
        "scan_id": late["id"],
        "scanned_at": late["scanned_at"],
        "code_id": late["code_id"],
        "rule_id": late["rule_id"],
        "occurred_at": datetime(2026, 10, 24, 10, tzinfo=UTC),
        "day": date(2026, 10, 24),
    }
    store_conversions([early])
    world.conversions.append(early)
    roll_days()
    assert sum(row.conversions for row in read_countries(world).rows if row.value == "NZ") == 0
    store_scans(world, [late])
    world.scans.append(late)
    assert sum(row.conversions for row in read_countries(world).rows if row.value == "NZ") == 1
    assert_exact(world)


@on_both_databases
def test_breakdowns_outlive_the_scans_that_they_were_made_of(world: MadeUp) -> None:
    before = datetime(2026, 10, 24, tzinfo=UTC)
    question, code_id = board_question(world), world.codes[0]
    wanted = {one: read_countries(world, one) for one in (None, code_id)}
    assert not close_days(db.engine, world.workspace_id, before, until=0)
    assert close_days(db.engine, world.workspace_id, before)
    assert len(rolled(world)) == 3
    with db.engine.begin() as connection:
        connection.execute(delete(Scan).where(Scan.scanned_at < before))
    # Neither another zone, nor a late row, nor the job makes them of what is left.
    _change_zone(db.session.get_one(Workspace, world.workspace_id), "Europe/Vienna")
    store_scans(world, [later_scan(world, 6, datetime(2026, 10, 22, 12, tzinfo=UTC))])
    roll_days()
    roll_day(db.engine, OpenDay(world.workspace_id, world.zone, FIRST))
    assert close_days(db.engine, world.workspace_id, before, until=0), "there is nothing to do"
    assert {one: read_countries(world, one) for one in (None, code_id)} == wanted
    assert ENGINE.read_board(question).totals.hits == len(world.scans) + 1


@on_both_databases
def test_in_another_zone_days_are_read_anew(world: MadeUp) -> None:
    roll_days()
    workspace = db.session.get_one(Workspace, world.workspace_id)
    workspace.time_zone = world.zone = "America/New_York"
    db.session.commit()
    assert rolled(world), "as if nobody had heard of the change"
    # Unique people stay those of the days on which they were seen.
    kept = [(row.value, row.hits, row.people) for row in read_countries(world).rows]
    wanted = recount(world, board_question(world), [COUNTRY]).breakdowns["country"].rows
    assert kept == [(row.value, row.hits, row.people) for row in wanted]


def test_a_change_of_the_zone_takes_the_marks_away(world: MadeUp) -> None:
    roll_days()
    workspace = db.session.get_one(Workspace, world.workspace_id)
    _change_zone(workspace, world.zone)
    assert rolled(world)
    _change_zone(workspace, "Asia/Tokyo")
    assert rolled(world) == []


def _change_zone(workspace: Workspace, zone: str) -> None:
    update_workspace(workspace, SYSTEM, name="Renamed", slug=workspace.slug, time_zone=zone)
    db.session.commit()


@on_postgresql
def test_who_rolls_waits_for_late_scans_that_are_being_stored(world: MadeUp) -> None:
    """Without the lock, the day would be marked as rolled without a scan that is stored."""
    late = later_scan(world, 5, datetime(2026, 10, 22, 12, tzinfo=UTC))
    db.session.rollback()
    with db.engine.connect() as connection, connection.begin() as transaction:
        lock_workspace(connection, world.workspace_id, is_shared=True)
        connection.execute(Scan.__table__.insert(), [late])  # type: ignore[attr-defined]
        thread = Thread(
            target=roll_day, args=(db.engine, OpenDay(world.workspace_id, world.zone, FIRST))
        )
        thread.start()
        _wait_for_lock()
        transaction.commit()
    thread.join()
    world.scans.append(late)
    assert rolled(world) == [FIRST]
    assert (
        read_countries(world)
        == recount(world, board_question(world), [COUNTRY]).breakdowns["country"]
    )


def _wait_for_lock() -> None:
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def waits() -> bool:
        with db.engine.connect() as connection:
            return bool(connection.scalar(query))

    wait_until(waits)


def test_a_day_is_open_for_rolling_an_hour_after_its_end(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_listed_at(at: datetime) -> bool:
        monkeypatch.setattr(clock, "now", lambda: at)
        with db.engine.connect() as connection:
            days = list_open_days(connection, date.min, date.max, 100)
        return date(2026, 10, 24) in [one.day for one in days]

    # Berlin's 24th ends at 22:00, the last day before its clocks go back.
    assert not is_listed_at(datetime(2026, 10, 24, 22, 59, tzinfo=UTC))
    assert is_listed_at(datetime(2026, 10, 24, 23, 0, tzinfo=UTC))


def test_more_days_than_one_run_can_do_are_done_by_the_next(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_SECONDS", -1.0)
    roll_days()
    assert rolled(world) == []
    waiting = db.session.scalars(select(Job).where(Job.task == "analytics.roll_days")).all()
    assert len(waiting) == 1
    monkeypatch.setattr(tasks, "_SECONDS", 45.0)
    roll_days()
    assert len(rolled(world)) == DAYS
