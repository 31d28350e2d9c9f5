"""CSV files for people who open them in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# A cell that starts like this is a formula to a spreadsheet, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # full-width forms too
_PORTION = 64 * 1024


def safe_cell(value: object) -> str:
    """The value as text; one that a spreadsheet would carry out gets an apostrophe in front, as
    does one that looks as if it had got some, so that `plain_cell` takes off what was put on.
    """
    text = "" if value is None else str(value)
    return "'" + text if text.lstrip("'").startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` made its text of."""
    if text.startswith("'") and text.lstrip("'").startswith(_FORMULA):
        return text[1:]
    return text


def csv_portions(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in portions of about 64 kB, so that its size does not matter."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        if out.tell() > _PORTION:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
