"""The words of a question, the sentences of passages, and how many of those are in these."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from operator import mul

from pitchbar.reading.sentences import cut, sentences
from pitchbar.retrieval.asking_words import asks
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.name_words import name_runs
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

# A word that is spelled a little differently counts for so much as it is alike, from here on.
_ALIKE = 0.75
# Two words are compared letter by letter where they begin with the same ones and are not short.
_BEGINNING, _SHORTEST_ALIKE = 2, 3
# What a word that asks counts for; and the other words of a name of which one is met.
_ASKING, _NAMED = 0.25, 0.5
# Characters of a sentence; what goes on for longer is cut at its clauses.
_LONGEST = 600
# What visitors ask about stands in few passages; each takes about 25 kB.
_PASSAGES_KEPT = 256
_LINE = re.compile(r"^(?!#{1,6} )[^\n]*[^\W_][^\n]*$", re.MULTILINE)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)|[*_`#>|]+")


@dataclass(frozen=True)
class Sentence:
    """Where it stands: in which hit, from and to before which characters of its text."""

    hit: int
    start: int
    end: int
    text: str
    terms: frozenset[str]


@dataclass(frozen=True)
class Term:
    """A word of the question: its stems, how much it tells, and where it stands. `asks`: it says
    little of what is asked about. `name`: those of one name have the same number.
    """

    stems: frozenset[str]
    weight: float
    start: int
    end: int
    asks: bool = False
    name: int | None = None


def stems_of(text: str, language: str) -> set[str]:
    return set(terms_of(_bare(text), language))


@lru_cache(maxsize=_PASSAGES_KEPT)
def stems_of_passage(passage: str, language: str) -> frozenset[str]:
    return frozenset(stems_of(passage, language))


def _bare(text: str) -> str:
    """Without the marks of Markdown, at the same length or shorter."""
    return _MARKS.sub(lambda mark: mark[1] or " ", text)


def weighed_terms(
    question: str, languages: Sequence[str], passages: Sequence[frozenset[str]]
) -> list[Term]:
    """A word that few of the passages have tells more than one that all have."""
    terms = []
    for match in re.finditer(r"[^\s]+", question):
        stems = frozenset(t for language in languages for t in terms_of(match[0], language))
        if not stems or _is_stop_word(match[0], languages):
            continue
        count = sum(1 for one in passages if stems & one)
        rarity = math.log(1 + (len(passages) - count + 0.5) / (count + 0.5)) + 0.3
        terms.append(Term(stems, rarity, match.start(), match.end()))
    return _with_kinds(question, terms)


def _with_kinds(question: str, terms: Sequence[Term]) -> list[Term]:
    """Where all words ask, none does; and none in a name."""
    language = language_of(question)
    runs = name_runs(question, [(one.start, one.end) for one in terms], language)
    named = {at: number for number, run in enumerate(runs) for at in run}
    asking = [
        at not in named and asks(question[one.start : one.end], language)
        for at, one in enumerate(terms)
    ]
    asking = [is_asking and not all(asking) for is_asking in asking]
    return [
        replace(
            one,
            weight=one.weight * (_ASKING if is_asking else 1.0),
            asks=is_asking,
            name=named.get(at),
        )
        for at, (one, is_asking) in enumerate(zip(terms, asking, strict=True))
    ]


def with_names(terms: Sequence[Term], values: Sequence[float]) -> list[float]:
    """How far each is met, where a name is known by one of its words."""
    if all(one.name is None for one in terms):
        return list(values)
    best: dict[int, float] = {}
    for one, value in zip(terms, values, strict=True):
        if one.name is not None:
            best[one.name] = max(value, best.get(one.name, 0.0))
    return [
        value if one.name is None else max(value, _NAMED * best[one.name])
        for one, value in zip(terms, values, strict=True)
    ]


def _is_stop_word(word: str, languages: Sequence[str]) -> bool:
    """In the language of the question, if it is known, else in any."""
    return any(language and not list(terms_of(word, language)) for language in languages)


def sentences_of(at: int, hit: Hit) -> list[Sentence]:
    """Of every line, as a row and an item are sentences of their own; but for headings."""
    return [Sentence(at, *one) for one in _sentences_of(hit.text, hit.language)]


@lru_cache(maxsize=_PASSAGES_KEPT)
def _sentences_of(text: str, language: str) -> tuple[tuple[int, int, str, frozenset[str]], ...]:
    found = []
    for line in _LINE.finditer(text):
        spans = sentences(text, line.start(), line.end())
        for span in (part for one in spans for part in cut(text, one, _LONGEST)):
            bare = _bare(text[span.start : span.end]).strip()
            terms = frozenset(terms_of(bare, language))
            if terms:
                found.append((span.start, span.end, bare, terms))
    return tuple(found)


def share_of(terms: Sequence[Term], there: frozenset[str], *, is_strict: bool = False) -> float:
    if is_strict:
        return weighed(terms, [float(bool(one.stems & there)) for one in terms])
    return weighed(terms, with_names(terms, met_in(terms, there)))


def met_in(terms: Sequence[Term], there: frozenset[str]) -> list[float]:
    """How far each stands there: 1 where it does, less where something is spelled like it."""
    return met_in_each(terms, [there])[0]


def met_in_each(terms: Sequence[Term], texts: Sequence[frozenset[str]]) -> list[list[float]]:
    """The same of several texts, for each of them."""
    near = _by_beginning(frozenset().union(*texts))
    alike = [(one.stems, _alike_of(one, near)) for one in terms]
    return [
        [
            max([value for word, value in others if word in there], default=0.0)
            if stems.isdisjoint(there)
            else 1.0
            for stems, others in alike
        ]
        for there in texts
    ]


def _by_beginning(words: frozenset[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for one in words:
        if len(one) > _SHORTEST_ALIKE:
            found.setdefault(one[:_BEGINNING], []).append(one)
    return found


def _alike_of(term: Term, near: Mapping[str, Sequence[str]]) -> list[tuple[str, float]]:
    found = [
        (other, _spelled_alike(stem, other))
        for stem in term.stems
        if len(stem) > _SHORTEST_ALIKE + 1 and stem.isalpha()
        for other in near.get(stem[:_BEGINNING], ())
    ]
    return [(other, value) for other, value in found if value >= _ALIKE]


def weighed(terms: Sequence[Term], values: Sequence[float]) -> float:
    weights = [one.weight for one in terms]
    whole = sum(weights)
    return sum(map(mul, weights, values)) / whole if whole else 0.0


def alike(terms: Sequence[Term]) -> list[Term]:
    """Each tells as much as any other, but for those that ask."""
    return [replace(one, weight=_ASKING if one.asks else 1.0) for one in terms]


@lru_cache(maxsize=8_192)
def _spelled_alike(stem: str, other: str) -> float:
    return SequenceMatcher(None, stem, other).ratio()
