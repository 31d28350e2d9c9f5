"""One accepted scan as a line: what the edge writes and the ingestion reads.

A line is a JSON array followed by a line feed. Everything that ingestion needs stands in it, so
that no look-up is needed later and the fact does not change with its code.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

UTM_NAMES = ("source", "medium", "campaign", "term", "content")


@dataclass(frozen=True, slots=True)
class AcceptedScan:
    """A scan as it was accepted, before anything is known about the visitor."""

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


def read_line(line: bytes) -> AcceptedScan:
    """Raises ValueError for a line that the edge did not write, or only half."""
    try:
        scan_id, milliseconds, code_id, workspace_id, time_zone, utm, *texts = orjson.loads(line)
        method, address, user_agent, language, referrer, purpose = (
            text.replace("\x00", "") for text in texts
        )
        return AcceptedScan(
            UUID(hex=scan_id),
            datetime.fromtimestamp(milliseconds / 1000, UTC),
            int(code_id),
            int(workspace_id),
            str(time_zone),
            _five(utm),
            method,
            address,
            user_agent,
            language,
            referrer,
            purpose,
        )
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a scan: {error}") from error


def _five(values: list[str]) -> tuple[str, str, str, str, str]:
    source, medium, campaign, term, content = (str(v).replace("\x00", "")[:255] for v in values)
    return source, medium, campaign, term, content
