"""Texts as weighed words (BM25; Robertson and Zaragoza, The Probabilistic Relevance Framework,
2009). The store knows how rare a word is; this part weighs how often it stands in a text.
"""

import zlib
from collections import Counter
from collections.abc import Iterable

from pitchbar.clients.vectors import SparseVector
from pitchbar.retrieval.words import terms_of

_K, _B = 1.2, 0.75
# Words that a chunk of usual length has, without stop words. It need not be exact: what counts is
# that long texts weigh a word less than short ones.
_USUAL_LENGTH = 180


def sparse_of_text(text: str, language: str) -> SparseVector:
    counts = Counter(terms_of(text, language))
    length = 1 - _B + _B * sum(counts.values()) / _USUAL_LENGTH
    weights = {term: count * (_K + 1) / (count + _K * length) for term, count in counts.items()}
    return _vector(weights)


def sparse_of_question(question: str, languages: Iterable[str]) -> SparseVector:
    """With the stems that each of these languages would make of its words."""
    terms = {term for language in languages for term in terms_of(question, language)}
    return _vector(dict.fromkeys(terms, 1.0))


def _vector(weights: dict[str, float]) -> SparseVector:
    """Terms by a number of 32 bits; two that share one add up, which is rare and harmless."""
    numbers: dict[int, float] = {}
    for term, weight in weights.items():
        number = zlib.crc32(term.encode())
        numbers[number] = numbers.get(number, 0.0) + weight
    ordered = sorted(numbers.items())
    return SparseVector(tuple(one for one, _ in ordered), tuple(value for _, value in ordered))
