"""A passage as it is compared with a sentence: what people read of it, and its stems."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pitchbar.answers.comparisons import without_price
from pitchbar.answers.facts import without_numbers
from pitchbar.answers.plain import plain
from pitchbar.answers.quotable import quotables_of
from pitchbar.reading.sentences import sentences
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Passage:
    """`lines` and `whole_sentences` are bare words, in small letters."""

    whole: str
    lines: tuple[str, ...]
    sentences: tuple[str, ...]
    whole_sentences: frozenset[str]
    headings: str
    language: str


# What visitors ask about stands in few passages; each takes about 25 kB.
_PASSAGES_KEPT = 256


def passage_of(hit: Hit) -> Passage:
    # Not by the hit itself, whose scores are those of one question.
    return _passage_of(" ".join((hit.title, *hit.headings)), hit.text, hit.language)


@lru_cache(maxsize=_PASSAGES_KEPT)
def _passage_of(headings: str, text: str, language: str) -> Passage:
    told = [without_price(one.shown) for one in quotables_of(0, text)]
    whole = "\n".join((headings, without_price(plain(text)), *told))
    # A row or an item may be several sentences, of which one is negated and another is not.
    each = [line[one.start : one.end] for line in told for one in sentences(line, 0, len(line))]
    lines = tuple(bare_words(line) for line in told)
    exact = frozenset(bare_words(one) for one in each)
    return Passage(whole, lines, tuple(each), exact, headings, language)


def bare_words(text: str) -> str:
    """With a space on each side, so that no word is found in the middle of another."""
    return f" {' '.join(_WORD.findall(text)).casefold()} "


@lru_cache(maxsize=4_000)
def stems_of(text: str, language: str) -> frozenset[str]:
    return frozenset(terms_of(without_numbers(text), language))
