"""The first sheet of an XLSX file as rows of text.

What makes a small file large is looked for before anything is unpacked into memory: the sizes that
the archive names, the sizes that it really has, and cells in places that would span a huge table.
Values alone are read; what a formula says is never carried out.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from pitchbar.transfers.errors import UnreadableTable

_MOST_ENTRIES = 2_000
_MOST_BYTES = 300 * 1024 * 1024
_MOST_RATIO = 150
_RATIO_COUNTS_FROM = 10 * 1024 * 1024
_PORTION = 1 << 16
_OVERLAP = 400
# A cell or a row that holds something; what is closed at once is empty.
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Za-z]{1,4})(\d{1,9})["'][^>]*?(/?)>""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d{1,9})["'][^>]*?(/?)>""")
_ENTITY = re.compile(rb"<!ENTITY|<!DOCTYPE", re.IGNORECASE)

_BOMB = "This file unpacks to far more than it seems to hold, so we did not open it."
_BROKEN = "This file is damaged: it could not be unpacked. Saving it anew often helps."
LOCKED = "This file is locked with a password. Save it without one."


def read_workbook(data: bytes, most_rows: int, most_columns: int) -> Iterator[list[str]]:
    """Raises UnreadableTable: broken, locked, a bomb, or too large."""
    _check(data, most_rows, most_columns)
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError, EOFError):
        raise UnreadableTable(_BROKEN) from None
    return ([_shown(cell) for cell in row] for row in rows)


def _check(data: bytes, most_rows: int, most_columns: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            total = sum(one.file_size for one in entries)
            if len(entries) > _MOST_ENTRIES or total > _MOST_BYTES:
                raise UnreadableTable(_BOMB)
            if total > _RATIO_COUNTS_FROM and total > _MOST_RATIO * len(data):
                raise UnreadableTable(_BOMB)
            if any(one.flag_bits & 1 for one in entries):
                raise UnreadableTable(LOCKED)
            if not any(one.filename.startswith("xl/") for one in entries):
                raise UnreadableTable("This archive is no XLSX file.")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(archive, entry, most_rows, most_columns)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise UnreadableTable(_BROKEN) from None


def _check_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_rows: int, most_columns: int
) -> None:
    """The archive's own sums see to it that an entry has as many bytes as it says."""
    is_sheet = "worksheets/" in entry.filename
    before = b""
    with archive.open(entry) as part:
        while portion := part.read(_PORTION):
            text = before + portion
            if _ENTITY.search(text):
                raise UnreadableTable(_BOMB)
            if is_sheet:
                _check_places(text, most_rows, most_columns)
            before = text[-_OVERLAP:]


def _check_places(text: bytes, most_rows: int, most_columns: int) -> None:
    # With a head, and some empty rows above and between.
    last_row = most_rows + 1_000
    for row, closed in _ROW.findall(text):
        if not closed and int(row) > last_row:
            raise UnreadableTable(_reaches(most_rows))
    for letters, row, closed in _CELL.findall(text):
        if closed:
            continue
        if int(row) > last_row:
            raise UnreadableTable(_reaches(most_rows))
        if _column_number(letters.upper()) > most_columns:
            raise UnreadableTable(f"A table has {most_columns} columns at most.")


def _reaches(most_rows: int) -> str:
    return (
        f"The sheet reaches further down than the {most_rows:,} rows that an import takes. Split "
        "it, or delete what stands far below the table."
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _shown(value: Any) -> str:
    """As the sheet shows it, near enough: 3.0 is 3, and a day has no hour."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
