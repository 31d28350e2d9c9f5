"""The engine on both databases gives what a plain recount gives."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from pitchbar.analytics.buckets import span_of_days, span_of_hours
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.analytics.engine import (
    Board,
    EngineUnavailable,
    Interval,
    Question,
    Span,
    Totals,
)
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.bounded import bounded
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.analytics.sql.rolling import OpenDay, roll_day
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.partitions import create_partition
from tests.analytics.factories import make_scan
from tests.support.factories import make_workspace
from tests.support.made_up_scans import HOSTILE, MadeUp, make_up, recount
from tests.support.servers import on_both_databases, on_postgresql

ENGINE = SqlEngine(30)
# Clocks go back in it in Berlin.
FIRST, DAYS = date(2026, 10, 22), 9


def spans(zone: str) -> list[Span]:
    """Of each interval, with ends in all places; one of a hundred years."""
    days: list[tuple[date, date, Interval]] = [
        (date(2026, 10, 22), date(2026, 10, 30), "day"),
        (date(2026, 10, 24), date(2026, 10, 27), "week"),
        (date(2026, 10, 1), date(2026, 11, 30), "month"),
        (date(2026, 10, 25), date(2026, 10, 25), "hour"),
        (date(1970, 1, 1), date(2069, 12, 31), "month"),
    ]
    whole = [span_of_days(*each, zone) for each in days]
    start = whole[0].start
    return [*whole, span_of_hours(start.replace(day=23), start.replace(day=25, hour=3), zone)]


FILTERS: list[dict[str, list[str]]] = [
    {},
    {"country": ["DE", "AT"], "device": ["!phone"]},
    {"country": [""], "reason": [""]},
    {"country": ["!DE"], "browser": ["Safari"], "os": ["!macOS", "!"]},
    {"label": ["print", ""], "domain": ["go1.example", "987654"]},
    {"label": ["!Straße 100%"], "rule": ["7", ""], "campaign": ["!spring"]},
    {"reason": ["repeat", "known_robot"]},
    {f"utm_{name}": list(HOSTILE[3:]) for name in ("source", "term")},
]
_CODES: list[dict[str, list[str]]] = [{"code": ["{0}", "{1}"]}, {"code": ["{0}"]}]


@on_both_databases
def test_however_many_reasons_there_are_all_are_counted(app: Flask) -> None:
    workspace = make_workspace()
    reasons = [f"robot{n}" for n in range(12)] + ["over_limit", "own", "repeat", "repeat"]
    for reason in reasons:
        make_scan(workspace, set_apart=reason, country="DE")
    make_scan(workspace, country="DE")
    today = clock.now().date()
    span = span_of_days(today, today, "day", "UTC")
    question = Question(workspace.id, span, read_filters({"country": ["DE"]}))
    board = ENGINE.read_board(question, [BY_KEY["reason"]], limit=2)
    totals = board.totals
    assert (totals.hits, totals.people, totals.robots) == (17, 1, 12)
    assert (totals.repeats, totals.own, totals.over_limit) == (2, 1, 1)
    found = board.breakdowns["reason"]
    assert (len(found.rows), found.has_more) == (2, True)


@pytest.fixture
def world(app: Flask) -> MadeUp:
    """Days that begin in the middle of an hour of UTC, and days of 23 and 25 hours."""
    zone = "Asia/Kolkata" if db.engine.dialect.name == "sqlite" else "Europe/Berlin"
    return make_up(make_workspace(time_zone=zone), 1000, first=FIRST, days=DAYS)


def assert_same(board: Board, wanted: Board, what: object) -> None:
    assert board.totals == wanted.totals, what
    assert list(board.series) == list(wanted.series), what
    assert board.week == wanted.week, what
    for key, breakdown in wanted.breakdowns.items():
        assert board.breakdowns[key] == breakdown, (what, key)


@on_both_databases
def test_every_dimension_under_every_filter_is_what_a_recount_gives(world: MadeUp) -> None:
    wanted: Sequence[dict[str, list[str]]] = [
        *FILTERS,
        *({"code": [t.format(*world.codes) for t in one["code"]]} for one in _CODES),
    ]
    asked = product(spans(world.zone), wanted, (None, world.codes[0]))
    # Every pair of a span and a filter, and of a filter and a code; not every three of them.
    for place, (span, filters, code_id) in enumerate(asked):
        if (place // 2 + place) % 2 == 0:
            question = Question(world.workspace_id, span, read_filters(filters), code_id)
            board = ENGINE.read_board(question, DIMENSIONS, limit=5, with_week=True)
            expected = recount(world, question, DIMENSIONS, limit=5)
            assert_same(board, expected, (span, filters, code_id))


@pytest.mark.parametrize("most", [30, 1], ids=["few gaps", "very many gaps"])
@on_both_databases
def test_rolled_days_add_up_with_raw_rows_to_what_a_recount_gives(
    world: MadeUp, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("pitchbar.analytics.sql.raw_rows._MOST_INTERVALS", most)
    days = [date(2026, 10, day) for day in (22, 23, 25, 26, 28)]
    for day in days:
        roll_day(db.engine, OpenDay(world.workspace_id, world.zone, day), least=40)
    for span, code_id in product(spans(world.zone), (None, world.codes[0], world.codes[-1])):
        question = Question(world.workspace_id, span, (), code_id)
        board = ENGINE.read_board(question, DIMENSIONS, limit=5, with_week=True)
        assert_same(board, recount(world, question, DIMENSIONS, limit=5), (span, code_id))


@on_both_databases
def test_hostile_and_deleted_values_match_nothing_or_their_old_scans(world: MadeUp) -> None:
    span = spans(world.zone)[0]
    strings = (*_HOSTILE, *HOSTILE, "9" * 30, "-1", "0", "1e3", "\u0661", "987654321")
    for dimension in DIMENSIONS:
        for values in ([*strings], [f"!{one}" for one in strings], ["!", *strings]):
            question = Question(
                world.workspace_id, span, read_filters({dimension.key: values}), None
            )
            totals = ENGINE.read_totals(question)
            assert totals == recount(world, question, ()).totals, (dimension.key, values)
    deleted = read_filters({"code": [str(world.codes[-1])], "domain": ["987654"], "rule": ["70"]})
    assert ENGINE.read_totals(Question(world.workspace_id, span, deleted)).hits > 0


_HOSTILE = (
    "'; DROP TABLE scans; --",
    '"',
    "%",
    "_%",
    "\\",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "x" * 10_000,
    "\u202eright to left",
    "日本語",
    "{}",
    "%s",
    "%(name)s",
    ":name",
    "$1",
)


@on_both_databases
def test_two_hundred_filters_at_once_are_answered(world: MadeUp) -> None:
    values = {one.key: ["!nothing", ""] for one in DIMENSIONS[:15]}
    values["city"] = [f"City {n}" for n in range(170)]
    filters = read_filters(values)
    assert sum(len(one.included) + len(one.excluded) for one in filters) == 198
    question = Question(world.workspace_id, spans(world.zone)[0], filters)
    board = ENGINE.read_board(question, DIMENSIONS, with_week=True)
    assert_same(board, recount(world, question, DIMENSIONS), "two hundred")


@on_both_databases
def test_a_breakdown_has_pages_and_can_be_searched(world: MadeUp) -> None:
    question = Question(world.workspace_id, spans(world.zone)[0])
    for key in ("city", "label", "browser", "utm_term", "code"):
        every = recount(world, question, [BY_KEY[key]], limit=100).breakdowns[key].rows
        for limit, offset in ((2, 0), (2, 2), (100, 1), (3, 1000)):
            page = ENGINE.read_breakdown(question, BY_KEY[key], limit=limit, offset=offset)
            assert page.rows == every[offset : offset + limit], (key, limit, offset)
            assert page.has_more == (len(every) > offset + limit)
        for wanted in ("I", "ünch", "wien", "%", "STRASSE", "no such value"):
            found = ENGINE.read_breakdown(question, BY_KEY[key], search=wanted)
            assert found.rows == [one for one in every if wanted.casefold() in one.value.casefold()]


@on_both_databases
def test_breakdowns_are_in_the_order_of_what_is_asked(world: MadeUp) -> None:
    question = Question(world.workspace_id, spans(world.zone)[0])
    for metric in ("people", "hits", "conversions"):
        board = ENGINE.read_board(question, DIMENSIONS, metric=metric, limit=3)
        wanted = recount(world, question, DIMENSIONS, metric=metric, limit=3)
        assert board.breakdowns == wanted.breakdowns


@on_both_databases
def test_a_workspace_without_scans_has_empty_boards(app: Flask) -> None:
    workspace = make_workspace()
    for span in spans("UTC"):
        for filters in ({}, {"country": ["DE"]}):
            question = Question(workspace.id, span, read_filters(filters))
            board = ENGINE.read_board(question, DIMENSIONS, with_week=True)
            assert board.totals == Totals()
            assert not any(bucket.hits for bucket in board.series)
            assert not any(breakdown.rows for breakdown in board.breakdowns.values())
            assert board.week == [[0] * 24] * 7


@on_postgresql
def test_a_question_reads_the_months_of_its_span_alone(world: MadeUp) -> None:
    """Whatever is asked: no plan has another partition in it, nor one that reads them all."""
    for month in (1, 2, 3, 11, 12):
        with db.engine.begin() as connection:
            create_partition(connection, 2026, month)
    span = span_of_days(date(2026, 10, 24), date(2026, 10, 27), "day", world.zone)
    asked: list[dict[str, list[str]]] = [{}, {"country": ["DE"]}]
    for filters, code_id in product(asked, (None, world.codes[0])):
        question = Question(world.workspace_id, span, read_filters(filters), code_id)
        for statement, parameters in _statements_of(question):
            with db.engine.connect() as connection:
                explain = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}"
                plan = list(connection.exec_driver_sql(explain, parameters).scalars())
            read = [line for line in plan if " on scans_2026" in line]
            assert any("scans_2026_10" in line for line in read)
            # Where a conversion's scan may be is planned for, and left alone.
            others = [line for line in read if "scans_2026_10" not in line]
            assert all("never executed" in line for line in others), plan


def _statements_of(question: Question) -> list[tuple[str, Any]]:
    """Those that read scans."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object):  # type: ignore[no-untyped-def]
        if "FROM scans" in statement:
            found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ENGINE.read_board(question, DIMENSIONS, with_week=True)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    assert found
    return found


@on_postgresql
def test_a_question_that_is_wrong_is_a_fault_and_no_lack_of_time(app: Flask) -> None:
    with pytest.raises(ProgrammingError), bounded(5) as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    with pytest.raises(EngineUnavailable), bounded(0.05) as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    with bounded(5) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
