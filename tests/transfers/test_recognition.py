"""Exports of other services become codes without a choice by hand."""

from datetime import UTC, datetime

import pytest

from pitchbar.settings import current_settings
from pitchbar.transfers.reading.cells import (
    WrongCell,
    read_moment,
    read_short_code,
    read_status,
    read_yes,
)
from pitchbar.transfers.reading.plans import PlannedCode
from pitchbar.transfers.reading.recognition import known_of, recognise
from pitchbar.transfers.reading.rows import RowReader
from pitchbar.transfers.reading.tables import read_table
from tests.support.factories import People
from tests.transfers.factories import SAMPLES

MENU, BOOK = "https://harbour.example/menu", "https://harbour.example/book"

EXPECTED = {
    "bitly": [("Spring menu", MENU, "3xspring", ("Print", "Tables"), "active"),
              ("Window poster", BOOK, "harbour-book", (), "active")],
    "bitly_api": [("Spring menu", MENU, "spring", ("Print",), "active"),
                  ("Old poster", BOOK, "book", (), "archived")],
    "dub": [("Spring menu", MENU, "spring", ("Print", "Tables"), "active"),
            ("book", BOOK, "book", (), "archived")],
    "dub_links": [("Spring menu", MENU, "spring", (), "active")],
    "shlink": [("Spring menu", MENU, "spring", ("print", "tables"), "active"),
               ("x8kq2", BOOK, "x8kq2", (), "active")],
    "kutt": [("Spring menu", MENU, "spring", (), "active"), ("book", BOOK, "book", (), "archived")],
    "yourls": [("Spring menu", MENU, "spring", (), "active"),
               ("Book; a table", BOOK, "book", (), "active")],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_export_of_another_service_is_read(people: People, name: str) -> None:
    table = read_table((SAMPLES / f"{name}.csv").read_bytes(), 100)
    origin, mapping = recognise(table.columns)
    assert origin == name.partition("_")[0]
    reader = RowReader(
        table.columns,
        mapping,
        zone="UTC",
        settings=current_settings(),
        label_separator=known_of(origin).label_separator,
    )
    found = []
    for number, cells in table.rows:
        one = reader.read(number, cells)
        assert isinstance(one, PlannedCode), one
        values = one.values
        found.append(
            (values["name"], values["destination_url"], one.short_code, one.labels, one.status)
        )
    assert found == EXPECTED[name]


def test_other_tables_are_guessed_at() -> None:
    columns = ["Title", "Target URL", "Slug", "Tags", "utm_source", "Something"]
    origin, mapping = recognise(columns)
    assert origin == ""
    assert mapping == {
        "name": 0,
        "destination_url": 1,
        "short_code": 2,
        "labels": 3,
        "utm_source": 4,
    }


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    assert recognise(["URL", "url", "Name"])[1] == {"name": 2, "destination_url": 0}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("2026-12-01 09:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00:30", datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)),
        ("2026-12-01T09:00:00.000Z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01 09:00:00 UTC", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01T09:00:00+0000", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("1.12.2026", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("01.12.2026 9:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("12/31/2026 9:00 AM", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("31/12/2026 12:30 pm", datetime(2026, 12, 31, 11, 30, tzinfo=UTC)),
        ("5/5/2026", datetime(2026, 5, 4, 22, tzinfo=UTC)),
        ("2026/12/01", datetime(2026, 11, 30, 23, tzinfo=UTC)),
    ],
)
def test_days_are_read_in_several_forms(text: str, moment: datetime) -> None:
    assert read_moment(text, "Europe/Berlin") == moment


def test_end_without_a_time_counts_the_whole_day() -> None:
    assert read_moment("2026-12-31", "UTC", is_end=True) == datetime(2027, 1, 1, tzinfo=UTC)
    assert read_moment("2026-12-31 00:00", "UTC", is_end=True) == datetime(2026, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2026", "two days"),
        ("31.02.2026", "no such day"),
        ("2026-13-01", "no such day"),
        ("soon", "no day and time"),
        ("1999-01-01", "year from"),
        ("0001-01-01T00:00Z", "year from"),
        ("2026-03-29 02:30", "no time of"),
        ("2026-01-01 13:00 PM", "no such time"),
        ("\u0661\u0662.\u0660\u0661.\u0662\u0660\u0662\u0666", "no day and time"),
    ],
)
def test_days_that_are_none_are_said(text: str, said: str) -> None:
    with pytest.raises(WrongCell, match=said):
        read_moment(text, "Europe/Berlin")


def test_words_are_read_whatever_their_case() -> None:
    assert [read_yes(one) for one in ("Yes", "TRUE", "0", "", "ja")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert [read_status(one) for one in ("Active", "DISABLED", "")] == [
        "active",
        "archived",
        "active",
    ]
    for read in (read_yes, read_status):
        with pytest.raises(WrongCell):
            read("perhaps")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Menu", "menu"),
        ("https://dub.sh/Spring?x=1", "spring"),
        ("bit.ly/3xA/", "3xa"),
        ('["https://go.example/a","https://go.example/b"]', "a"),
        ("/menu", "menu"),
    ],
)
def test_short_code_is_the_last_part_of_a_link(text: str, code: str) -> None:
    assert read_short_code(text) == code
