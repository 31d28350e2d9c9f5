"""Where a scan is sent: the destination with its UTM values.

A value in the scanned address beats the code's default, which beats one that stands in the
destination already. Everything else in the destination stays as it was, byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from pitchbar.core.utm import UTM_COLUMNS, UTM_MAX_LENGTH, Utm

_COUNT = len(UTM_COLUMNS)
_INDEX = {name: index for index, name in enumerate(UTM_COLUMNS)}
_SAFE = "%=&+-._~!$'()*,;:@/?[]"
_MAX_LOCATION = 8000


@dataclass(frozen=True, slots=True)
class ResolvedCode:
    """What the edge knows of a code. `location` and `utm` are those of a scan without a query;
    `fallback` is where its workspace sends scans of a code that is out of use, if anywhere.
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


def build_location(code: ResolvedCode, query: str) -> tuple[str, Utm]:
    """The address for a scan that came with `query`, and the UTM values that hold for it."""
    # A header is ASCII without spaces; what a client sent unescaped is escaped here.
    incoming, others = _split_incoming(quote(query.encode("latin-1", "replace"), safe=_SAFE))
    wanted = [own or default for own, default in zip(incoming, code.defaults, strict=True)]
    for forwarded in (others, []) if code.forward_parameters else ([],):
        location, utm = set_utm(code.destination, wanted, forwarded)
        if len(location) <= _MAX_LOCATION:
            return location, utm
    # A visitor cannot make the answer too large for a browser to follow.
    return code.location, code.utm


def set_utm(destination: str, wanted: Sequence[str], forwarded: list[str]) -> tuple[str, Utm]:
    """Puts `wanted` values in their old place when the destination has them, else at the end.

    `wanted` has one for each of `Utm`, perhaps empty. `forwarded` are raw `name=value` pairs; one
    that the destination has already is left out.
    Returns the address and all UTM values, those included that only the destination had.
    """
    base, hash_sign, fragment = destination.partition("#")
    path, question_mark, query = base.partition("?")
    found = [""] * _COUNT
    kept: list[str] = []
    names = set()
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        names.add(name)
        index = _INDEX.get(_decoded(name))
        if index is None or not wanted[index]:
            if index is not None and not found[index]:
                found[index] = unquote_plus(value)[:UTM_MAX_LENGTH]
            kept.append(pair)
        elif not found[index]:
            found[index] = wanted[index]
            kept.append(_pair(index, wanted[index]))
    for index, value in enumerate(wanted):
        if value and not found[index]:
            found[index] = value
            kept.append(_pair(index, value))
    kept.extend(pair for pair in forwarded if pair.partition("=")[0] not in names)
    result = f"{path}?{'&'.join(kept)}" if kept else path + question_mark
    return result + hash_sign + fragment, Utm._make(found)


def _split_incoming(query: str) -> tuple[list[str], list[str]]:
    """A value for each of `Utm`, and the other pairs as they came."""
    values = [""] * _COUNT
    others = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        index = _INDEX.get(_decoded(name).lower())
        if index is None:
            if name:
                others.append(pair)
        elif not values[index]:
            values[index] = unquote_plus(value, errors="replace")[:UTM_MAX_LENGTH]
    return values, others


def _decoded(name: str) -> str:
    return unquote_plus(name) if "%" in name else name


def _pair(index: int, value: str) -> str:
    return f"{UTM_COLUMNS[index]}={quote(value, safe='-._~')}"


def split_glued_query(path: str, query: str | None) -> tuple[str, str]:
    """Of a link whose question mark was lost or encoded on its way: "/t/menu&utm_source=mail" and
    "/t/menu%3Futm_source=mail" carry values as well.
    """
    end = min(at for at in (path.find("&"), path.find("?")) if at >= 0)
    glued = path[end + 1 :].lstrip("?&")
    return path[:end], f"{glued}&{query}" if glued and query else glued or query or ""
