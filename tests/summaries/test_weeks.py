"""Weeks, turns, words and the picture: nothing but numbers."""

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from pitchbar.analytics.boards.figures import Figure
from pitchbar.chat_analytics.weeks import TalkWeek
from pitchbar.summaries.changes import Change
from pitchbar.summaries.loading import Day
from pitchbar.summaries.picture import HEIGHT, WIDTH, describe, draw_png, draw_svg
from pitchbar.summaries.turns import Turn, clearness, find_turn
from pitchbar.summaries.weeks import find_due_week, last_week
from pitchbar.summaries.wording import (
    change_in_words,
    compared,
    talk_in_words,
    week_in_words,
)

BERLIN, NEPAL, APIA, YORK = (
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/New_York",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "first"),
    [
        # Winter: 08:00 in Berlin is 07:00 UTC.
        ("2026-11-23T06:59", BERLIN, None),
        ("2026-11-23T07:00", BERLIN, "2026-11-16"),
        ("2026-11-24T18:59", BERLIN, "2026-11-16"),
        ("2026-11-24T19:00", BERLIN, None),
        ("2026-11-22T12:00", BERLIN, None),
        # Summer: 06:00 UTC; the week in which clocks went forward, and the one in which back.
        ("2026-03-30T05:59", BERLIN, None),
        ("2026-03-30T06:00", BERLIN, "2026-03-23"),
        ("2026-10-26T06:59", BERLIN, None),
        ("2026-10-26T07:00", BERLIN, "2026-10-19"),
        # A quarter of an hour apart from the others, and a day.
        ("2026-11-23T02:14", NEPAL, None),
        ("2026-11-23T02:15", NEPAL, "2026-11-16"),
        ("2026-11-22T19:00", APIA, "2026-11-16"),
        ("2026-11-23T12:59", YORK, None),
        ("2026-11-23T13:00", YORK, "2026-11-16"),
    ],
)
def test_a_week_is_told_of_from_monday_at_eight(now: str, zone: str, first: str | None) -> None:
    expected = date.fromisoformat(first) if first else None
    assert find_due_week(at(now), zone, 8) == expected


def test_every_zone_is_due_in_one_quarter_of_an_hour_of_each_week() -> None:
    """Through a year with both changes of the clocks."""
    for zone in (BERLIN, NEPAL, APIA, YORK, "Australia/Lord_Howe", "UTC"):
        now, end, seen = at("2026-01-05T00:00"), at("2027-01-04T00:00"), set[date]()
        while now < end:
            due = find_due_week(now, zone, 8)
            if due:
                assert due.weekday() == 0
                seen.add(due)
            now += timedelta(minutes=60)
        assert 52 <= len(seen) <= 53


def test_the_last_week_is_one_that_is_over() -> None:
    assert last_week(at("2026-11-22T22:59"), BERLIN) == date(2026, 11, 9)
    assert last_week(at("2026-11-22T23:00"), BERLIN) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("days", "turn"),
    [
        ([10] * 7 + [10, 10, 30, 30, 30, 30, 30], Turn(9, False)),
        ([10] * 7 + [10, 10, 10, 90, 10, 10, 10], Turn(10, True)),
        ([30] * 7 + [30, 30, 30, 5, 5, 5, 5], Turn(10, False)),
        ([20] * 7 + [20, 20, 20, 20, 0, 20, 20], Turn(11, True)),
        ([10] * 5 + [30] * 9, Turn(5, False)),
        ([0] * 7 + [5, 6, 5, 6, 5, 6, 5], Turn(7, False)),
    ],
)
def test_the_day_of_a_change_is_found(days: Sequence[int], turn: Turn) -> None:
    assert find_turn(days) == turn


@pytest.mark.parametrize(
    ("now", "before", "is_told"),
    [
        *((120, 20, True), (0, 40, True), (40, 0, True), (5000, 4000, True)),
        *((3, 0, False), (105, 100, False), (1050, 1000, False), (12, 8, False), (0, 0, False)),
    ],
)
def test_what_chance_does_is_not_told(now: int, before: int, is_told: bool) -> None:
    assert bool(clearness(now, before)) is is_told


def test_chance_alone_is_seldom_told() -> None:
    random = Random(7)
    draws = [sum(random.random() < 0.1 for _ in range(1000)) for _ in range(800)]
    told = sum(bool(clearness(a, b)) for a, b in zip(draws[::2], draws[1::2], strict=True))
    assert told <= 4


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("2026-11-16", "16 to 22 November 2026"),
        ("2026-11-30", "30 November to 6 December 2026"),
        ("2026-12-28", "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_told_in_words(first: str, words: str) -> None:
    day = date.fromisoformat(first)
    assert week_in_words(day, day + timedelta(days=6)) == words


@pytest.mark.parametrize(
    ("value", "previous", "words"),
    [
        (1204, 1075, "12 % more than the week before (1,075)"),
        (5, 10, "50 % fewer than the week before (10)"),
        (10, 10, "as many as the week before"),
        (10001, 10000, "hardly more than the week before (10,000)"),
        (3, 0, "none the week before"),
        (0, 0, ""),
    ],
)
def test_a_figure_is_compared(value: int, previous: int, words: str) -> None:
    assert compared(Figure("people", "People", value, previous)) == words


def test_a_change_is_a_sentence() -> None:
    day = date(2026, 11, 18)
    code = Change("code", "Table card", 312, 192, day, False)
    country = Change("country", "Germany", 1, 60, day, True)
    assert change_in_words(code) == (
        "“Table card” brought 312 people, 120 more than the week before, "
        "since Wednesday, 18 November."
    )
    assert change_in_words(country) == (
        "From Germany came 1 person, 59 fewer than the week before, "
        "most of it on Wednesday, 18 November."
    )


def days(*pairs: tuple[int, int]) -> list[Day]:
    first = date(2026, 11, 16)
    return [
        Day(first + timedelta(days=place), people, before)
        for place, (people, before) in enumerate(pairs)
    ]


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height, and the rows of a PNG with four bytes a pixel."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (depth, colours) == (8, 6)
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(data)
    size = width * 4 + 1
    assert len(raw) == size * height
    return width, height, [raw[row * size : (row + 1) * size] for row in range(height)]


def test_the_picture_is_a_png_for_sharp_screens_and_small() -> None:
    png = draw_png(days((10, 5), (0, 8), (20, 20), (1, 0), (7, 9), (12, 12), (3, 2)))
    width, height, rows = pixels(png)
    assert (width, height) == (2 * WIDTH, 2 * HEIGHT)
    assert len(png) < 20_000
    assert len(set(rows)) > 3


@pytest.mark.parametrize("pairs", [[(0, 0)] * 7, [(10**9, 1)] * 7, [(1, 0)] + [(0, 0)] * 6])
def test_any_week_can_be_drawn(pairs: list[tuple[int, int]]) -> None:
    pixels(draw_png(days(*pairs)))


def test_the_longest_bar_takes_all_the_room_and_none_is_no_bar() -> None:
    svg = draw_svg(days((50, 100), (0, 0)))
    assert svg.count("fill=") == 2
    assert draw_svg(days((0, 0))).count("fill=") == 0


def test_the_picture_is_there_in_words_too() -> None:
    assert describe(days((10, 5), (0, 8))) == (
        "People by day, and in brackets in the week before: Monday 10 (5), Tuesday 0 (8)."
    )


def test_conversations_are_told_in_a_sentence() -> None:
    assert talk_in_words(TalkWeek(1, 1, 1, 1)) == (
        "1 conversation with your agents: 1 of 1 question answered, 1 lead."
    )
    assert talk_in_words(TalkWeek(1200, 20, 25, 0)) == (
        "1,200 conversations with your agents: 20 of 25 questions answered."
    )
