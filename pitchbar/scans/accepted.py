"""One accepted scan as a line: what the edge writes and the ingestion reads.

A line is a JSON array followed by a line feed. Everything that ingestion needs stands in it, so
that no look-up is needed later and the fact does not change with its code.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

UTM_NAMES = ("source", "medium", "campaign", "term", "content")


@dataclass(frozen=True, slots=True)
class AcceptedScan:
    """A scan as it was accepted, before anything is known about the visitor; `line` is its line."""

    id: UUID
    at: datetime
    code_id: int
    workspace_id: int
    time_zone: str
    utm: tuple[str, str, str, str, str]
    method: str
    address: str
    user_agent: str
    language: str
    referrer: str
    purpose: str
    line: bytes = field(default=b"", repr=False, compare=False)


def read_line(line: bytes) -> AcceptedScan:
    """Raises ValueError for a line that the edge did not write, or only half."""
    try:
        facts = orjson.loads(line)
        if b"\\u0000" in line:
            facts = _without_nul(facts)
        scan_id, milliseconds, code_id, workspace_id, time_zone, utm, *texts = facts
        method, address, user_agent, language, referrer, purpose = map(_text, texts)
        return AcceptedScan(
            UUID(hex=scan_id),
            datetime.fromtimestamp(milliseconds / 1000, UTC),
            _id(code_id),
            _id(workspace_id),
            _text(time_zone),
            _five(utm),
            method,
            address,
            user_agent,
            language,
            referrer,
            purpose,
            line,
        )
    except (ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise ValueError(f"not a scan: {error}") from error


def _five(values: list[str]) -> tuple[str, str, str, str, str]:
    source, medium, campaign, term, content = (_text(value)[:255] for value in values)
    return source, medium, campaign, term, content


def _id(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 1 << 63:
        raise TypeError(f"{value!r} is no id")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _without_nul(value: Any) -> Any:
    """PostgreSQL stores every character but this one."""
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    return value.replace("\x00", "") if isinstance(value, str) else value
