"""Whether two questions ask the same thing.

Their vectors must be near, and besides each word that tells something must have its counterpart in
the other: "cancel my order" and "change my order" are near, and not the same. Names and numbers
must be the same ones.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from pitchbar.clients.embeddings import Reading, packaged_embedder
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.sentence_terms import Term, met_in, stems_of, weighed_terms
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.settings import current_settings

# Of the vectors; and of the word that has the least of a counterpart.
_NEAR, _LEAST = 0.70, 0.50
# Two questions without a model: so many of their words are the same.
_SHARED = 0.75
_LONGEST = 300
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-ZÀ-Þ][\w'-]+|\b\d[\d.,:%]*")
_DAYS = re.compile(
    r"(?i)\b((?:mon|tues|wednes|thurs|fri|satur|sun)days?|"
    r"(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?)\b"
)


def is_same(question: str, other: str) -> bool:
    return nearness(question, other) > 0


def nearness(question: str, other: str) -> float:
    """From 0, another question, to 1, the same words."""
    question, other = question.strip()[:_LONGEST], other.strip()[:_LONGEST]
    asked, known = _stems(question), _stems(other)
    if not asked or not known or _names_others(question, other) or _names_others(other, question):
        return 0.0
    if asked == known:
        return 1.0
    first, second = reading_of(question), reading_of(other)
    if first is None or second is None:
        share = len(asked & known) / len(asked | known)
        return share if share >= _SHARED else 0.0
    near = float(first.vector @ second.vector)
    if near < _NEAR:
        return 0.0
    least = min(*_met(question, other, first, second), *_met(other, question, second, first))
    return near if least >= _LEAST else 0.0


@lru_cache(maxsize=2048)
def _read(text: str) -> Reading | None:
    embedder = packaged_embedder()
    return embedder.read(text) if embedder else None


def reading_of(text: str) -> Reading | None:
    """None where words alone are searched for."""
    if current_settings()[RetrievalSettings].embeddings_model == WORDS_ALONE:
        return None
    return _read(text[:_LONGEST])


def _stems(text: str) -> frozenset[str]:
    return frozenset(stems_of(text, language_of(text)))


def _names_others(question: str, other: str) -> bool:
    """Whether it names something, or a number, that the other one does not speak of."""
    found = [*_NAME.findall(question), *_DAYS.findall(question)]
    there = {_bare(word) for word in other.split()}
    return any(_bare(one) not in there for one in found)


def _bare(word: str) -> str:
    return word.lower().strip("?!.,:;\"'()").removesuffix("s")


def _met(question: str, other: str, first: Reading, second: Reading) -> Sequence[float]:
    """For each word of the question, how near anything in the other comes to it."""
    terms = weighed_terms(question, [language_of(question)], [])
    if not len(first.parts) or not len(second.parts):
        return [0.0]
    nearest = (first.parts @ second.parts.T).max(axis=1)
    known = frozenset(stems_of(other, language_of(other)))
    meant = [_by_meaning(one, first, nearest) for one in terms]
    return [max(pair) for pair in zip(meant, met_in(terms, known), strict=True)]


def _by_meaning(term: Term, reading: Reading, nearest: Sequence[float]) -> float:
    rows = [
        float(nearest[row])
        for row, (start, end) in enumerate(reading.places)
        if start >= term.start and end <= term.end
    ]
    return sum(rows) / len(rows) if rows else 0.0
