"""Labels as people type them: several in one field, each taken for the one that is there already
whatever its case.
"""

import re
import unicodedata
from collections.abc import Iterable

from pitchbar.codes.labels.errors import InvalidLabels
from pitchbar.core.text import has_control_characters

MOST_CHARACTERS = 50
MOST_OF_A_CODE = 20


def split_names(typed: str) -> list[str]:
    """ "Print, summer ,print" as ["Print", "summer"]."""
    return merge_names(re.split(r"[,\n]", typed))


def merge_names(names: Iterable[str]) -> list[str]:
    """Each once, in the order given, without the spaces around it."""
    found: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.split())
        if plain:
            found.setdefault(key_of(plain), plain)
    return list(found.values())


def key_of(name: str) -> str:
    """What two names share that are one label."""
    folded = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
    return unicodedata.normalize("NFC", folded)


def check_names(names: Iterable[str]) -> list[str]:
    """The names as they are stored.

    Raises:
        InvalidLabels
    """
    found = merge_names(names)
    for name in found:
        if wrong := find_mistake(name):
            shown = name if len(name) <= MOST_CHARACTERS else f"{name[:MOST_CHARACTERS]}…"
            raise InvalidLabels(f"“{shown}”: {wrong}" if shown.isprintable() else wrong)
    if len(found) > MOST_OF_A_CODE:
        raise InvalidLabels(f"A code has {MOST_OF_A_CODE} labels at most; these are {len(found)}.")
    return found


def find_mistake(name: str) -> str:
    """The sentence that says what is wrong with a single name; empty when nothing is."""
    if has_control_characters(name):
        return "A label has no characters that cannot be stored."
    if "," in name:
        return "A label has no comma: it stands between two."
    if len(name) > MOST_CHARACTERS:
        return f"A label has {MOST_CHARACTERS} characters at most."
    return ""
