"""One accepted scan as a line: what the edge writes and the ingestion reads.

A line is a JSON array and a line feed. Everything that ingestion needs stands in it, so that no
look-up is needed later and the fact does not change with its code.

Old and new processes run side by side while a version is rolled out, and lines wait on disk. So the
format only ever grows at its end, and a reader takes what it knows and leaves the rest:

- Version 1 are the first twelve elements that `write_line` names, in that order, with five UTM
  values. Version 2 has two more, which are left out where both are empty.
- Version 3 has four more: the rule that fired, its variant, the own domain and the campaign tag;
  again they are left out where all are empty.
- Version 4 has one more: 1 where the visitor asks not to be tracked and this installation respects
  that; else it is left out.
- A further field is a twentieth element, a further UTM value a sixth; nothing is taken away, moved
  or given another meaning. A reader gives what an older line lacks a value that means "unknown".
- A worker of the release before stores what it knows and leaves the rest: write nothing at the end
  without which a scan would count wrongly there for long.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from pitchbar.core.text import storable
from pitchbar.core.utm import UTM_MAX_LENGTH, Utm

# How many UTM values every line has.
_UTM_OF_VERSION_1 = 5


class Way(NamedTuple):
    """How a scan came to its destination: 0 is no rule and none of the own domains, -1 a rule that
    has one destination only.
    """

    rule_id: int = 0
    variant: int = -1
    domain_id: int = 0
    campaign: str = ""


NO_WAY = Way()


@dataclass(slots=True)
class AcceptedScan:
    """A scan as it was accepted, before anything is known about the visitor; `line` is its line."""

    id: UUID
    at: datetime
    code_id: int
    workspace_id: int
    time_zone: str
    utm: Utm
    method: str
    address: str
    user_agent: str
    language: str
    referrer: str
    purpose: str
    hints: str = ""
    set_apart: str = ""
    way: Way = NO_WAY
    is_untracked: bool = False
    line: bytes = field(default=b"", repr=False, compare=False)


def write_line(
    scan_id: str,
    milliseconds: int,
    code_id: int,
    workspace_id: int,
    time_zone: str,
    utm: Utm,
    method: str,
    address: str,
    user_agent: str,
    language: str,
    referrer: str,
    purpose: str,
    hints: str = "",
    set_apart: str = "",
    way: Way = NO_WAY,
    is_untracked: bool = False,
    *,
    # Bound here, because each redirect pays for looking a name up.
    _dumps: Any = orjson.dumps,
    _option: int = orjson.OPT_APPEND_NEWLINE,
) -> bytes:
    """Args:
    scan_id: 32 hex digits, see `new_scan_id`.
    milliseconds: since 1970, when the request came.
    method, address, user_agent, language, referrer, purpose: as the request had them.
    hints: what a browser says of itself beside its agent.
    set_apart: why the edge counts no person, a key of SET_APART_LABELS; mostly empty.
    way: what beside the code decided where the scan went.
    is_untracked: nothing may be kept by which the visitor is known again.
    """
    facts = [
        scan_id,
        milliseconds,
        code_id,
        workspace_id,
        time_zone,
        tuple(utm),
        method,
        address,
        user_agent,
        language,
        referrer,
        purpose,
    ]
    if is_untracked:
        facts += hints, set_apart, *way, 1
    elif way is not NO_WAY:
        facts += hints, set_apart, *way
    elif hints or set_apart:
        facts += hints, set_apart
    line: bytes = _dumps(facts, None, _option)
    return line


def read_line(line: bytes) -> AcceptedScan:
    """Raises ValueError for a line that no edge wrote, or only half."""
    try:
        facts = orjson.loads(line)
        if b"\\u0000" in line:
            facts = _storable(facts)
        scan_id, milliseconds, code_id, workspace_id, time_zone, utm, *texts = facts[:12]
        method, address, user_agent, language, referrer, purpose = texts
        _check_texts(time_zone, *texts)
        return AcceptedScan(
            UUID(hex=scan_id),
            datetime.fromtimestamp(milliseconds / 1000, UTC),
            _id(code_id),
            _id(workspace_id),
            time_zone,
            _read_utm(utm),
            method,
            address,
            user_agent,
            language,
            referrer,
            purpose,
            *_read_version_2(*facts[12:14]),
            _read_way(*facts[14:18]) if len(facts) > 14 else NO_WAY,
            facts[18] == 1 if len(facts) > 18 else False,
            line,
        )
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, OSError) as error:
        raise ValueError(f"not a scan: {error}") from error


def _read_version_2(hints: object = "", set_apart: object = "") -> tuple[str, str]:
    """What an older line does not have."""
    known = hints if isinstance(hints, str) else ""
    return known, set_apart[:32] if isinstance(set_apart, str) else ""


def _read_way(
    rule_id: object = 0, variant: object = -1, domain_id: object = 0, campaign: object = ""
) -> Way:
    """What does not fit is left out: a scan counts without it."""
    return Way(
        _id_or_none(rule_id),
        variant if isinstance(variant, int) and 0 <= variant < 1 << 15 else -1,
        _id_or_none(domain_id),
        campaign[:100] if isinstance(campaign, str) else "",
    )


def _id_or_none(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 1 << 63 else 0


def new_scan_id(milliseconds: int, random: int) -> str:
    """A UUID of version 7 (RFC 9562) as 32 hex digits: sorted by time, then 74 random bits."""
    high = milliseconds << 80 | 0x7000_8000_0000_0000_0000 | (random >> 62) << 64
    return f"{high | random & 0x3FFF_FFFF_FFFF_FFFF:032x}"


def time_of_scan(scan_id: UUID) -> datetime:
    """When the scan was accepted, as `new_scan_id` wrote it down."""
    return datetime.fromtimestamp((scan_id.int >> 80) / 1000, UTC)


def _read_utm(values: list[str]) -> Utm:
    known = values[: len(Utm._fields)]
    if len(known) < _UTM_OF_VERSION_1:
        raise ValueError(f"{len(known)} UTM values")
    _check_texts(*known)
    if max(map(len, known)) > UTM_MAX_LENGTH:
        known = [value[:UTM_MAX_LENGTH] for value in known]
    return Utm._make(known)


def _id(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 1 << 63:
        raise TypeError(f"{value!r} is no id")
    return value


def _check_texts(*values: object) -> None:
    # All in one go: each line pays for it.
    if {*map(type, values)} != {str}:
        raise TypeError(f"{values!r} are no texts")


def _storable(value: Any) -> Any:
    """The value with all texts in it as PostgreSQL takes them."""
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return storable(value) if isinstance(value, str) else value
