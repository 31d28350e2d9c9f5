"""Sheets and tables: each sheet below its name."""

import csv
import io
from datetime import date, datetime, time
from typing import Any

from pitchbar.reading.archives import open_archive, refuse_entities
from pitchbar.reading.decoding import decode
from pitchbar.reading.drafts import Draft
from pitchbar.reading.kinds import delimiter_of
from pitchbar.reading.results import Unreadable
from pitchbar.reading.tables import table_of

_LONGEST_FIELD = 1 << 20


def read_sheets(data: bytes, _name: str) -> Draft:
    from python_calamine import CalamineError, load_workbook

    if data.startswith(b"PK"):
        refuse_entities(open_archive(data))
    try:
        book = load_workbook(io.BytesIO(data))
    except CalamineError as error:
        if "assword" in str(error) or "ncrypt" in str(error):
            raise Unreadable(
                "encrypted", "This file is locked with a password. Save it without one."
            ) from None
        raise
    parts = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        if table := table_of([_shown(cell) for cell in row] for row in rows):
            parts.append(f"## {name}\n\n{table}")
    markdown = "\n\n".join(parts)
    return Draft(markdown, len(markdown))


def read_csv(data: bytes, name: str) -> Draft:
    text = decode(data)
    csv.field_size_limit(_LONGEST_FIELD)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, name) or ",")
    return Draft(table_of(rows), len(text))


def _shown(value: Any) -> str:
    """As the sheet shows it, near enough: 3.0 is 3, and a day has no hour."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
