"""Months of rolled days, added up: read in place of their days, and never when they hold others."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from pitchbar.analytics.buckets import span_of_days
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.analytics.engine import Question
from pitchbar.analytics.sql import months
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.analytics.sql.models import (
    ConversionMonthBreakdown,
    RolledDay,
    RolledMonth,
    ScanBreakdown,
    ScanMonthBreakdown,
)
from pitchbar.analytics.sql.months import OpenMonth, list_open_months, sum_month
from pitchbar.analytics.sql.rolling import OpenDay, roll_day
from pitchbar.analytics.tasks import roll_days
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.support.factories import make_workspace
from tests.support.made_up_scans import MadeUp, make_up, recount, store_scans
from tests.support.servers import on_both_databases

FIRST, TODAY = date(2026, 8, 29), date(2026, 10, 27)
SEPTEMBER = date(2026, 9, 1)
ENGINE = SqlEngine(30)
COUNTRY = BY_KEY["country"]
# Of days alone, so that what a figure has of it tells where it was read.
MANY = 1_000_000


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 27, 9, tzinfo=UTC))
    workspace = make_workspace(time_zone="Europe/Berlin")
    return make_up(workspace, 300, first=FIRST, days=58, codes=2)


def question_of(world: MadeUp, first: date, last: date, code_id: int | None = None) -> Question:
    return Question(
        world.workspace_id, span_of_days(first, last, "day", world.zone), code_id=code_id
    )


def assert_exact(world: MadeUp) -> None:
    db.session.rollback()
    for code_id in (None, world.codes[0]):
        question = question_of(world, FIRST, TODAY, code_id)
        board = ENGINE.read_board(question, DIMENSIONS)
        assert board.breakdowns == recount(world, question, DIMENSIONS).breakdowns


def most_hits(world: MadeUp, first: date, last: date) -> int:
    db.session.rollback()
    rows = ENGINE.read_breakdown(question_of(world, first, last), COUNTRY).rows
    return max(row.hits for row in rows)


def falsify_days() -> None:
    with db.engine.begin() as connection:
        connection.execute(update(ScanBreakdown).values(hits=ScanBreakdown.hits + MANY))


def falsify_months() -> None:
    with db.engine.begin() as connection:
        connection.execute(update(ScanMonthBreakdown).values(hits=ScanMonthBreakdown.hits + MANY))


def list_months(world: MadeUp) -> Sequence[date]:
    db.session.rollback()
    query = select(RolledMonth.month).where(
        RolledMonth.workspace_id == world.workspace_id, RolledMonth.code_id == 0
    )
    return sorted(db.session.scalars(query))


@on_both_databases
def test_months_that_are_over_are_added_up_and_exact(world: MadeUp) -> None:
    roll_days()
    assert list_months(world) == [date(2026, 8, 1), SEPTEMBER]
    assert_exact(world)


@on_both_databases
def test_whole_months_are_read_in_place_of_their_days(world: MadeUp) -> None:
    roll_days()
    falsify_days()
    assert most_hits(world, SEPTEMBER, date(2026, 9, 30)) < MANY
    assert most_hits(world, SEPTEMBER, date(2026, 9, 29)) > MANY
    assert most_hits(world, date(2026, 9, 2), date(2026, 9, 30)) > MANY


@on_both_databases
def test_a_month_is_not_read_any_more_once_a_day_of_it_is_opened(world: MadeUp) -> None:
    roll_days()
    falsify_months()
    late = {
        **world.scans[0],
        "id": UUID(int=1),
        "scanned_at": datetime(2026, 9, 12, 12, tzinfo=UTC),
        "country": "NZ",
    }
    store_scans(world, [late])
    world.scans.append(late)
    assert most_hits(world, SEPTEMBER, date(2026, 9, 30)) < MANY
    roll_days()
    assert list_months(world) == [date(2026, 8, 1), SEPTEMBER]
    with db.engine.begin() as connection:
        of_august = ScanMonthBreakdown.month < SEPTEMBER
        right = {"hits": ScanMonthBreakdown.hits - MANY}
        connection.execute(update(ScanMonthBreakdown).where(of_august).values(right))
    assert_exact(world)


@on_both_databases
def test_a_day_that_an_older_release_rolled_meanwhile_is_noticed(world: MadeUp) -> None:
    roll_days()
    falsify_months()
    with db.engine.begin() as connection:
        day = RolledDay.day == date(2026, 9, 12)
        connection.execute(update(RolledDay).where(day).values(token=None))
    assert most_hits(world, SEPTEMBER, date(2026, 9, 30)) < MANY
    # The next sum gives it a token.
    sum_month(db.engine, OpenMonth(world.workspace_id, SEPTEMBER))
    falsify_days()
    assert most_hits(world, SEPTEMBER, date(2026, 9, 30)) < MANY


@on_both_databases
def test_what_a_day_had_before_it_was_opened_is_not_added_up(world: MadeUp) -> None:
    roll_days()
    with db.engine.begin() as connection:
        connection.execute(delete(RolledDay).where(RolledDay.day == date(2026, 9, 12)))
    sum_month(db.engine, OpenMonth(world.workspace_id, SEPTEMBER))
    assert_exact(world)


@on_both_databases
def test_a_sum_that_is_killed_in_the_middle_is_as_it_was(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_days()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    before = count_rows()
    monkeypatch.setattr(months, "_mark", die)
    with pytest.raises(KeyboardInterrupt):
        sum_month(db.engine, OpenMonth(world.workspace_id, SEPTEMBER))
    assert count_rows() == before
    assert min(before) > 0
    assert_exact(world)


def count_rows() -> list[int]:
    db.session.rollback()
    tables = (ScanMonthBreakdown, ConversionMonthBreakdown, RolledMonth)
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_month_is_over_when_all_its_days_are_everywhere(world: MadeUp) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 26)):
        roll_day(db.engine, OpenDay(world.workspace_id, world.zone, day))
    with db.engine.connect() as connection:
        found = [
            [one.month.month for one in list_open_months(connection, today)]
            for today in (date(2026, 10, 2), date(2026, 10, 3), date(2026, 11, 3))
        ]
    assert found == [[], [9], [10, 9]]
