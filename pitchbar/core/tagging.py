"""Campaign tags in an address: put where they stood before, all else left byte for byte."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    taken = _take_apart(destination)
    found, kept = taken.replace(wanted) if taken.has_utm else ([""] * UTM_COUNT, [*taken.texts])
    for index, value in enumerate(wanted):
        if value and not found[index]:
            found[index] = value
            kept.append(_pair(index, value))
    if forwarded:
        kept += [pair for pair in forwarded if pair.partition("=")[0] not in taken.names]
    query = f"?{'&'.join(kept)}" if kept else taken.question_mark
    return f"{taken.path}{query}{taken.fragment}", Utm._make(found)


def find_utm(name: str, *, any_case: bool = False) -> int | None:
    """Which of `Utm` a parameter of that name sets, if any."""
    index = _INDEX.get(name)
    if index is not None:
        return index
    plain = unquote_plus(name) if "%" in name else name
    return _INDEX.get(plain.lower() if any_case else plain)


@dataclass(frozen=True, slots=True)
class _Parts:
    """An address taken apart; `indexes` and `values` say which of `Utm` its pairs set, and to what.

    `question_mark` and `fragment` come with their sign.
    """

    path: str
    question_mark: str
    fragment: str
    texts: tuple[str, ...]
    names: frozenset[str]
    indexes: tuple[int | None, ...]
    values: tuple[str, ...]
    has_utm: bool

    def replace(self, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
        """The values found, and the pairs, each wanted value where the first of its name stood."""
        found = [""] * UTM_COUNT
        kept = []
        for index, text, value in zip(self.indexes, self.texts, self.values, strict=True):
            if index is None or not wanted[index]:
                if index is not None and not found[index]:
                    found[index] = value
                kept.append(text)
            elif not found[index]:
                found[index] = wanted[index]
                kept.append(_pair(index, wanted[index]))
        return found, kept


# Each scan with a query asks for the same few addresses.
@lru_cache(maxsize=32768)
def _take_apart(address: str) -> _Parts:
    base, hash_sign, fragment = address.partition("#")
    path, question_mark, query = base.partition("?")
    texts = tuple(query.split("&")) if query else ()
    pairs = [text.partition("=") for text in texts]
    indexes = tuple(find_utm(name) for name, _, _ in pairs)
    return _Parts(
        path,
        question_mark,
        hash_sign + fragment,
        texts,
        frozenset(name for name, _, _ in pairs),
        indexes,
        tuple(unquote_plus(value)[:UTM_MAX_LENGTH] for _, _, value in pairs),
        any(index is not None for index in indexes),
    )


def _pair(index: int, value: str) -> str:
    # Most are a plain word.
    safe = value if value.isascii() and value.isalnum() else _quote(value)
    return f"{UTM_COLUMNS[index]}={safe}"


@lru_cache(maxsize=4096)
def _quote(value: str) -> str:
    return quote(value, safe="-._~")
