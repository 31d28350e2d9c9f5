"""Whether the passage that is expected is among those that were found."""

import re
from collections.abc import Sequence

from pitchbar.retrieval.passages import Hit

# A site may be read again with a word more or less, and cut at other places.
_SHARED = 0.5
_SHINGLE = 5


def rank_of(expected: str, hits: Sequence[Hit]) -> int | None:
    """Its place, from 1: the first passage that has half of the expected text, five words by five,
    or that lies within it.
    """
    wanted = shingles(expected)
    for place, hit in enumerate(hits, 1):
        there = shingles(hit.text)
        least = min(len(wanted), len(there))
        if least and len(wanted & there) >= _SHARED * least:
            return place
    return None


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of five words, in lower case; of shorter texts all of their words."""
    words = re.findall(r"[^\W_]+", text.lower())
    if len(words) < _SHINGLE:
        return frozenset({tuple(words)} if words else ())
    return frozenset(tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))
