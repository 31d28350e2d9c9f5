"""The engine on both databases gives what a plain recount gives."""

from collections.abc import Sequence
from datetime import date
from itertools import product

import pytest
from flask import Flask

from pitchbar.analytics.buckets import span_of_days, span_of_hours
from pitchbar.analytics.dimensions import DIMENSIONS
from pitchbar.analytics.engine import Board, Interval, Question, Span
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.analytics.sql.rolling import OpenDay, roll_day
from pitchbar.extensions import db
from tests.support.factories import make_workspace
from tests.support.made_up_scans import HOSTILE, MadeUp, make_up, recount
from tests.support.servers import on_both_databases

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


@on_both_databases
def test_rolled_days_add_up_with_raw_rows_to_what_a_recount_gives(world: MadeUp) -> None:
    days = [date(2026, 10, day) for day in (22, 23, 25, 26, 28)]
    for day in days:
        roll_day(db.engine, OpenDay(world.workspace_id, world.zone, day), least=40)
    for span, code_id in product(spans(world.zone), (None, world.codes[0], world.codes[-1])):
        question = Question(world.workspace_id, span, (), code_id)
        board = ENGINE.read_board(question, DIMENSIONS, limit=5, with_week=True)
        assert_same(board, recount(world, question, DIMENSIONS, limit=5), (span, code_id))
