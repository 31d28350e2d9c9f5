"""A file as a head of names and rows of text, whether it is CSV, TSV or a workbook."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.reading.decoding import decode
from pitchbar.transfers.reading.workbooks import LOCKED, read_workbook

MOST_COLUMNS = 200
_LONGEST_CELL = 131_072
_DELIMITERS = (",", ";", "\t")
# Office wraps a workbook with a password into a file of its old kind.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_WRAPPED = "EncryptedPackage".encode("utf-16-le")
# The first line of files that a spreadsheet shall not guess at.
_SEPARATOR_LINE = re.compile(r"\A\ufeff?sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """Attributes:
    columns: their names, as they stand in the head.
    rows: number as a spreadsheet counts, and the cells; empty rows are left out. Read once.
    """

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]


def read_table(data: bytes, most_rows: int) -> Table:
    """Raises UnreadableTable, also while rows are read: broken, too many, or none."""
    if not data:
        raise UnreadableTable("This file is empty.")
    if data.startswith(b"PK\x03\x04"):
        records: Iterable[list[str]] = read_workbook(data, most_rows, MOST_COLUMNS)
    elif data.startswith(_OLD_OFFICE) and _WRAPPED in data:
        raise UnreadableTable(LOCKED)
    elif data.startswith((_OLD_OFFICE, b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        raise UnreadableTable(
            "This is no CSV, TSV or XLSX file, whatever its name says. Save it as one of these."
        )
    else:
        records = _read_text(decode(data))
    return _table_of(records, most_rows)


def _table_of(records: Iterable[list[str]], most_rows: int) -> Table:
    numbered = ((number, cells) for number, cells in enumerate(records, 1) if any(cells))
    head = next(numbered, None)
    if head is None:
        raise UnreadableTable("This file is empty.")
    columns = [name.strip() for name in head[1]]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise UnreadableTable(f"A table has {MOST_COLUMNS} columns at most.")
    first = next(numbered, None)
    if first is None:
        raise UnreadableTable("There is only a head in this file, and no row below it.")
    return Table(columns, _bounded(chain([first], numbered), most_rows))


def _bounded(
    rows: Iterable[tuple[int, list[str]]], most_rows: int
) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(rows, 1):
        if count > most_rows:
            raise UnreadableTable(
                f"An import takes {most_rows:,} rows at most. Split the file and bring in the "
                "parts one after another."
            )
        yield row


def _read_text(text: str) -> Iterator[list[str]]:
    delimiter = ""
    if found := _SEPARATOR_LINE.match(text):
        delimiter, text = found[1], text[found.end() :]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or _find_delimiter(text), strict=True
    )
    csv.field_size_limit(_LONGEST_CELL)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(line, str(error)) from None
        line = reader.line_num + 1
        yield cells


def _broken(line: int, reason: str) -> UnreadableTable:
    if "field larger" in reason:
        return UnreadableTable(f"The row in line {line} has a cell of more than 128 kB.")
    return UnreadableTable(
        f"A quotation mark in the row that begins in line {line} does not close, or has something "
        "behind it. Correct it there, or save the table anew from a spreadsheet."
    )


def _find_delimiter(text: str) -> str:
    """The one that stands most often in the head, outside of quotation marks."""
    head = re.sub(r'"[^"]*"', "", text.lstrip("\ufeff\r\n ").partition("\n")[0])
    return max(_DELIMITERS, key=head.count)
