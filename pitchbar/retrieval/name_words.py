"""Names of several words in a question, of which a text often says one: "President Ada Lovelace"
is Lovelace there.
"""

import re
from collections.abc import Sequence

# What may stand between two words of one name.
_BETWEEN = re.compile(r"\s+(?:(?:of|the|de|la|du|di|da|van|von)\s+)*")
_LOWER = re.compile(r"(?:^|\s)[^\W\d_A-ZÀ-Þ]")
# They write all nouns with a capital letter.
_CAPITAL_NOUNS = frozenset({"de", "lb"})
_LONGEST = 4


def name_runs(
    question: str, places: Sequence[tuple[int, int]], language: str
) -> list[tuple[int, ...]]:
    """Args:
    places: from and to before which characters each of its words stands.

    Returns, for each name of two words and more, which of the words these are. The first word of
    a question is none of them, as all begin with a capital letter.
    """
    if language[:2] in _CAPITAL_NOUNS or not _LOWER.search(question):
        return []
    runs: list[list[int]] = []
    for at, (start, end) in enumerate(places):
        if not start or not question[start:end].lstrip("\"'(“„«")[:1].isupper():
            continue
        if runs and runs[-1][-1] == at - 1 and _goes_on(question, places[at - 1][1], start):
            runs[-1].append(at)
        else:
            runs.append([at])
    return [tuple(run) for run in runs if 2 <= len(run) <= _LONGEST]


def _goes_on(question: str, end: int, start: int) -> bool:
    """Whether the word before, which ends there, and this one may be of one name."""
    last = question[end - 1]
    return (last.isalnum() or last == ".") and _BETWEEN.fullmatch(question[end:start]) is not None


def is_name(question: str, start: int) -> bool:
    """Whether the word that starts there has a capital letter, and is not the first, or is a
    number.
    """
    bare = question[start:].lstrip("\"'(“„«")
    return start > 0 and (bare[:1].isupper() or bare[:1].isdigit())
