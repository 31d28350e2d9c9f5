"""Workbooks: what their cells become, and those that are none."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.reading.tables import read_table

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def workbook(*rows: list[object]) -> bytes:
    """With a second sheet, which nobody asks for."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.create_sheet("Other").append(["not", "this"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(data: bytes) -> list[tuple[int, list[str]]]:
    return list(read_table(data, 100).rows)


def archive(name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, content)
    return out.getvalue()


def locked(data: bytes) -> bytes:
    """As an archive marks entries with a password."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(mark)
        changed[at + offset] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3, "3"),
        (3.5, "3.5"),
        (1 / 3, "0.3333333333"),
        (491234567890, "491234567890"),
        (1e300, "1e+300"),
        (True, "yes"),
        (False, "no"),
        (date(2026, 12, 1), "2026-12-01"),
        (datetime.fromisoformat("2026-12-01T09:30"), "2026-12-01 09:30:00"),
        (time(9, 30), "09:30:00"),
        ("007", "007"),
        ("Ceviche ☕\nsecond line", "Ceviche ☕\nsecond line"),
    ],
)
def test_cell_reads_as_the_sheet_shows_it(cell: object, text: str) -> None:
    assert rows_of(workbook(["name", "value"], ["A", cell])) == [(2, ["A", text])]


def test_rows_keep_the_numbers_of_the_sheet() -> None:
    data = workbook([], ["name", "url"], [], ["A", "a"], [], [None, "b"])
    assert rows_of(data) == [(4, ["A", "a"]), (6, ["", "b"])]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (workbook(), "This file is empty."),
        (workbook(["name", "url"]), "only a head"),
        (workbook(["name", "url"], ["A", "a"])[:-200], "damaged"),
        (workbook(["name", "url"], ["A", "a"])[:3000], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (archive("word/document.xml"), "no XLSX file"),
        (archive("xl/workbook.xml"), "damaged"),
        (locked(workbook(["name", "url"], ["A", "a"])), "locked with a password"),
        (_OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (_OLD_OFFICE + "Workbook".encode("utf-16-le"), "no CSV, TSV or XLSX"),
    ],
)
def test_what_is_no_workbook_is_said_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        rows_of(data)


def test_sheet_of_more_rows_is_refused() -> None:
    data = workbook(["name", "url"], *(list[object]("Aa") for _ in range(101)))
    with pytest.raises(UnreadableTable, match="100 rows at most"):
        rows_of(data)
