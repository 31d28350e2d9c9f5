"""Campaign tags in an address: put where they stood before, all else left byte for byte."""

from collections.abc import Sequence
from urllib.parse import quote, unquote_plus

from pitchbar.core.utm import UTM_COLUMNS, UTM_MAX_LENGTH, Utm

UTM_COUNT = len(UTM_COLUMNS)
_INDEX = {name: index for index, name in enumerate(UTM_COLUMNS)}


def set_utm(destination: str, wanted: Sequence[str], forwarded: list[str]) -> tuple[str, Utm]:
    """Puts `wanted` values in their old place when the destination has them, else at the end.

    `wanted` has one for each of `Utm`, perhaps empty. `forwarded` are raw `name=value` pairs; one
    that the destination has already is left out.
    Returns the address and all UTM values, those included that only the destination had.
    """
    base, hash_sign, fragment = destination.partition("#")
    path, question_mark, query = base.partition("?")
    found = [""] * UTM_COUNT
    kept: list[str] = []
    names = set()
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        names.add(name)
        index = find_utm(name)
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


def find_utm(name: str, *, any_case: bool = False) -> int | None:
    """Which of `Utm` a parameter of that name sets, if any."""
    plain = unquote_plus(name) if "%" in name else name
    return _INDEX.get(plain.lower() if any_case else plain)


def _pair(index: int, value: str) -> str:
    return f"{UTM_COLUMNS[index]}={quote(value, safe='-._~')}"
