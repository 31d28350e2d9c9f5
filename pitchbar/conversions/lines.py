"""One call as a line: what pixel and API write and the ingestion reads.

A line is a JSON array and a line feed, in a spool of its own, so that a process that knows of scans
alone never sees one. As for scans (`scans/accepted.py`), the format only ever grows at its end; a
reader takes what it knows and leaves the rest. Version 1 are the elements of `Line`, in that order.

A line tells of a conversion, or (`reason`) of a call that was refused. Where the key was not known
yet, because the database did not answer, the line carries it (`key`), and whoever stores the line
asks whose it is.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from pitchbar.core.text import storable

PIXEL, API = "pixel", "api"
_MOST_VALUE = 1 << 63


class Line(NamedTuple):
    """`id` and `scan_id` are 32 hex digits; 0, -1 and empty texts say that there is none."""

    id: str
    milliseconds: int
    workspace_id: int
    time_zone: str
    source: str
    key: str = ""
    scan_id: str = ""
    code_id: int = 0
    rule_id: int = 0
    variant: int = -1
    event: str = ""
    order_id: str = ""
    value_minor: int = -1
    currency: str = ""
    reason: str = ""
    said: str = ""


_KINDS = tuple(Line.__annotations__.values())


class AcceptedCall(NamedTuple):
    """A line that was read; `line` is its bytes."""

    facts: Line
    id: UUID
    at: datetime
    scan_id: UUID | None
    line: bytes


def write_line(facts: Line) -> bytes:
    return orjson.dumps(tuple(facts), option=orjson.OPT_APPEND_NEWLINE)


def read_line(line: bytes) -> AcceptedCall:
    """Raises ValueError for a line that none of us wrote, or only half."""
    try:
        facts = Line(*orjson.loads(line)[: len(_KINDS)])
        _check(facts)
        if b"\\u0000" in line:
            storables = [storable(one) if isinstance(one, str) else one for one in facts]
            facts = Line._make(storables)
        return AcceptedCall(
            facts,
            UUID(hex=facts.id),
            datetime.fromtimestamp(facts.milliseconds / 1000, UTC),
            UUID(hex=facts.scan_id) if facts.scan_id else None,
            line,
        )
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, OSError) as error:
        raise ValueError(f"no call of a pixel or program: {error}") from error


def _check(facts: Line) -> None:
    for value, kind in zip(facts, _KINDS, strict=True):
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        if isinstance(value, int) and not -_MOST_VALUE <= value < _MOST_VALUE:
            raise ValueError(f"{value!r} is too large")
    if not facts.reason and not (facts.scan_id and facts.code_id > 0 and facts.event):
        raise ValueError("a conversion without scan, code or event")


def told_value(facts: Line) -> dict[str, Any]:
    """Columns for what it was worth; both None without a value."""
    has_value = facts.value_minor >= 0 and facts.currency
    return {
        "value_minor": facts.value_minor if has_value else None,
        "currency": facts.currency if has_value else None,
    }
