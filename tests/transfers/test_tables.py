"""What is read as a table, and what is refused."""

import io
import zipfile
from collections.abc import Callable
from itertools import chain

import openpyxl
import pytest

from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.reading.tables import read_table

TEXT = "name,destination\nCafé Zürich,https://harbour.example/menu\n"
ROWS = [["Café Zürich", "https://harbour.example/menu"]]


def read(data: bytes, most: int = 100) -> tuple[list[str], list[list[str]]]:
    table = read_table(data, most)
    return table.columns, [cells for _number, cells in table.rows]


def workbook(rows: list[list[object]], change: Callable[[bytes], bytes] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return change(out.getvalue()) if change else out.getvalue()


def with_sheet(data: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with another first sheet."""
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(
                entry.filename, rewrite(content) if "sheet1.xml" in entry.filename else content
            )
    return out.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_letters_are_read_in_every_usual_encoding(encoding: str) -> None:
    columns, rows = read(TEXT.encode(encoding))
    assert (columns, rows) == (["name", "destination"], ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found(delimiter: str) -> None:
    text = f'"a, b; c"{delimiter}destination\nMenu{delimiter}https://harbour.example/a,b;c\n'
    if delimiter != "\t":
        text = text.replace("https://harbour.example/a,b;c", '"https://harbour.example/a,b;c"')
    columns, rows = read(text.encode())
    assert columns == ["a, b; c", "destination"]
    assert rows == [["Menu", "https://harbour.example/a,b;c"]]


def test_line_for_spreadsheets_names_the_delimiter() -> None:
    columns, rows = read(b"sep=;\nname,x;destination\na;b\n")
    assert (columns, rows) == (["name,x", "destination"], [["a", "b"]])


def test_empty_rows_keep_the_numbers_of_the_others() -> None:
    table = read_table(b"\n\nname,destination\n,\na,b\n", 10)
    assert [number for number, _cells in table.rows] == [5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n,,\n", "empty"),
        (b"name,destination\n", "only a head"),
        (b"%PDF-1.7 ...", "no CSV"),
        (b"\x89PNG\r\n\x1a\n0000", "no CSV"),
        (b"\x00\x01\x02\x00\x00\x00\x00\x03" * 50, "no table"),
        (b"PK\x03\x04 no archive at all", "damaged"),
        (b"\xff\xfeabc", "damaged"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        read(data)


def test_unbalanced_quotation_mark_is_named_by_its_line() -> None:
    with pytest.raises(UnreadableTable, match="line 3"):
        read(b'name,destination\na,b\n"c,d\ne,f\n')


def test_more_rows_than_allowed_are_refused() -> None:
    data = b"name,destination\n" + b"a,b\n" * 101
    assert len(read(data, most=101)[1]) == 101
    with pytest.raises(UnreadableTable, match="100 rows at most"):
        read(data, most=100)


def test_workbook_gives_values_and_carries_out_no_formula() -> None:
    data = workbook([["name", "n", "f"], ["Menu", 3.0, '=HYPERLINK("https://x.example")']])
    columns, rows = read(data)
    assert columns == ["name", "n", "f"]
    assert [cell for cell in rows[0] if cell] == ["Menu", "3"]


def test_wrong_extension_does_not_matter() -> None:
    assert read(workbook([["a", "b"], ["c", "d"]]))[1] == [["c", "d"]]


def test_bomb_is_refused_before_it_unpacks() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    with pytest.raises(UnreadableTable, match="far more"):
        read(out.getvalue())


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "XFD2"])
def test_cell_far_away_makes_no_huge_table(place: str) -> None:
    cell = f'<row r="{place.lstrip("XFDA")}"><c r="{place}"><v>1</v></c></row></sheetData>'

    def far(sheet: bytes) -> bytes:
        return sheet.replace(b"</sheetData>", cell.encode())

    with pytest.raises(UnreadableTable, match=r"further down|columns at most"):
        read(with_sheet(workbook([["a", "b"], ["c", "d"]]), far))


def test_entities_are_refused() -> None:
    def grow(sheet: bytes) -> bytes:
        return b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet

    with pytest.raises(UnreadableTable, match="far more"):
        read(with_sheet(workbook([["a"], ["b"]]), grow))


def test_entry_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(workbook([["a", "b"], *(list[object]("cd") for _ in range(50))]))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    with pytest.raises(UnreadableTable):
        read(bytes(data))


def test_too_many_columns_are_refused() -> None:
    data = ",".join(map(str, chain(range(300)))).encode() + b"\n1\n"
    with pytest.raises(UnreadableTable, match="200 columns"):
        read(data)
