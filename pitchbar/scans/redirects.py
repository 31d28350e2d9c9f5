"""Where a scan is sent: the destination with its UTM values.

A value in the scanned address beats the code's default, which beats one that stands in the
destination already. Everything else in the destination stays as it was, byte for byte.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote_plus

from pitchbar.core.tagging import UTM_COUNT, find_utm, set_utm
from pitchbar.core.utm import UTM_MAX_LENGTH, Utm
from pitchbar.rules.compiling import CompiledRules
from pitchbar.scans.accepted import NO_WAY, Way
from pitchbar.scans.gates import Gate

if TYPE_CHECKING:
    from pitchbar.scans.quota import Allowance

_SAFE = "%=&+-._~!$'()*,;:@/?[]"
_is_sendable = re.compile(r"[A-Za-z0-9%=&+\-._~!$'()*,;:@/?\[\]]*").fullmatch
MAX_LOCATION = 8000


@dataclass(frozen=True, slots=True)
class Special:
    """What a code asks of a scan beside leading it on; most codes have none of it.

    `scan_limit` is how many are led on, 0 for all; `password_hash` is empty where none is asked.
    """

    gate: Gate | None = None
    rules: CompiledRules | None = None
    attribution: bool = False
    scan_limit: int = 0
    password_hash: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedCode:
    """What the edge knows of a code. `location` and `utm` are those of a scan without a query;
    `fallback` is where scans go that it does not lead on, if anywhere; `way` is what a line tells
    of a scan that no rule sent elsewhere; `allowance` is how many more scans are recorded, None for
    all.
    """

    code_id: int
    workspace_id: int
    time_zone: str
    workspace_name: str
    is_active: bool
    destination: str
    defaults: Utm
    forward_parameters: bool
    location: str
    utm: Utm
    fallback: str = ""
    way: Way = NO_WAY
    special: Special | None = None
    colour: str = ""
    allowance: "Allowance | None" = None


class Target(Protocol):
    """Where a scan may be sent, with what it adds there: a code, or a destination of a rule."""

    @property
    def destination(self) -> str: ...
    @property
    def defaults(self) -> Utm: ...
    @property
    def forward_parameters(self) -> bool: ...
    @property
    def location(self) -> str: ...
    @property
    def utm(self) -> Utm: ...


def build_location(code: Target, query: str) -> tuple[str, Utm]:
    """The address for a scan that came with `query`, and the UTM values that hold for it."""
    # The links of a campaign are the same for all who follow them; long ones are worth no place.
    locate = _locate_known if len(query) <= _KNOWN_LENGTH else _locate
    return locate(code.destination, code.defaults, code.forward_parameters, query) or (
        code.location,
        code.utm,
    )


def _locate(destination: str, defaults: Utm, forward: bool, query: str) -> tuple[str, Utm] | None:
    """None where the query changes nothing, or would make the address too long to be followed."""
    if not _is_sendable(query):
        # A header is ASCII without spaces; what a client sent unescaped is escaped here.
        query = quote(query.encode("latin-1", "replace"), safe=_SAFE)
    incoming, others = _split_incoming(query)
    if incoming is None and not forward:
        return None
    wanted = [own or default for own, default in zip(incoming or Utm(), defaults, strict=True)]
    for forwarded in (others, []) if forward else ([],):
        location, utm = set_utm(destination, wanted, forwarded)
        if len(location) <= MAX_LOCATION:
            return location, utm
    # A visitor cannot make the answer too large for a browser to follow.
    return None


_KNOWN_LENGTH = 256
_locate_known = lru_cache(maxsize=4096)(_locate)


def _split_incoming(query: str) -> tuple[list[str] | None, list[str]]:
    """A value for each of `Utm`, or None where it has none; and the other pairs as they came."""
    values: list[str] | None = None
    others = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        index = find_utm(name, any_case=True)
        if index is None:
            if name:
                others.append(pair)
        else:
            values = values or [""] * UTM_COUNT
            if not values[index]:
                values[index] = _read_value(value)
    return values, others


def _read_value(value: str) -> str:
    return _decode(value) if "%" in value or "+" in value else value[:UTM_MAX_LENGTH]


@lru_cache(maxsize=4096)
def _decode(value: str) -> str:
    return unquote_plus(value, errors="replace")[:UTM_MAX_LENGTH]


def split_glued_query(path: str, query: str | None) -> tuple[str, str]:
    """Of a link whose question mark was lost or encoded on its way: "/t/menu&utm_source=mail" and
    "/t/menu%3Futm_source=mail" carry values as well.
    """
    end = min(at for at in (path.find("&"), path.find("?")) if at >= 0)
    glued = path[end + 1 :].lstrip("?&")
    return path[:end], f"{glued}&{query}" if glued and query else glued or query or ""
