"""How near the words of a question come to those of a sentence or a passage, by their meaning."""

from collections.abc import Sequence
from functools import lru_cache

from pitchbar.clients.embeddings import Reading
from pitchbar.clients.token_vectors import Places
from pitchbar.clients.unit_vectors import Vectors
from pitchbar.retrieval.sentence_terms import Term, with_names


def nearness_of_pieces(asked: Reading | None, rows: Vectors) -> float:
    if asked is None or not len(rows) or not len(asked.parts):
        return 0.0
    return float((asked.parts @ rows.T).max(axis=1).mean())


def nearness_of_words(terms: Sequence[Term], asked: Reading | None, rows: Vectors) -> float:
    """The same of each word, which counts by what it tells."""
    if asked is None or not len(rows) or not len(asked.parts):
        return 0.0
    near = _by_word(terms, asked, rows)
    whole = sum(terms[at].weight for at in near)
    return sum(terms[at].weight * value for at, value in near.items()) / whole if whole else 0.0


def how_far_meant(
    terms: Sequence[Term], met: Sequence[float], asked: Reading | None, read: Reading | None
) -> list[float]:
    """For each word, how near the nearest part of the sentence comes to it; `met`: how far it
    stands there.
    """
    near: dict[int, float] = {}
    if asked is not None and read is not None and len(read.parts) and len(asked.parts):
        near = _by_word(terms, asked, read.parts)
    return with_names(terms, [max(near.get(at, 0.0), value) for at, value in enumerate(met)])


def _by_word(terms: Sequence[Term], asked: Reading, rows: Vectors) -> dict[int, float]:
    """By a word's place, the mean of its pieces' nearest; without words that have none."""
    at, shares = _shares(tuple((one.start, one.end) for one in terms), tuple(asked.places))
    nearest = (asked.parts @ rows.T).max(axis=1)
    return dict(zip(at, (shares @ nearest).tolist(), strict=True))


@lru_cache(maxsize=64)
def _shares(words: Places, places: Places) -> tuple[Sequence[int], Vectors]:
    """Which words have pieces, and a row for each of these: what each piece has of its mean. The
    same question is compared with some thirty passages and sentences.
    """
    import numpy as np

    within = np.array(
        [[float(start >= one[0] and end <= one[1]) for start, end in places] for one in words],
        dtype=np.float32,
    )
    counts = within.sum(axis=1)
    at = np.flatnonzero(counts)
    return at.tolist(), within[at] / counts[at, None]
