"""How far passages bear out a question: which of its words they have, how near the best sentence
comes to it, and whether there is something of the kind that is asked for.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pitchbar.clients.embeddings import PackagedEmbedder, Reading
from pitchbar.reading.sentences import sentences
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.question_kinds import is_of_kind
from pitchbar.retrieval.words import terms_of

# Passages that are read sentence by sentence, and sentences that the model reads.
_PASSAGES, _READ = 4, 8
# A word that is spelled a little differently counts for so much as it is alike, from here on.
_ALIKE = 0.75
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
    """A word of the question: its stems, how much it tells, and where it stands."""

    stems: frozenset[str]
    weight: float
    start: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """Of the best sentence; each from 0 to 1, but for `words`.

    Attributes:
        covered, nearby, passage: the share of the question that is in the sentence, in it and its
            neighbours, in its passage.
        anywhere: the share that is in any passage at all.
        meant: that share where a word of the same meaning counts by how near it is.
        weakest: how near anything comes to the word that is borne out least.
        cosine, passage_cosine: how near sentence and passage are, as a whole.
        of_kind: whether a number, a date or a name is there where one is asked for.
        words: how many words of the question tell something.
        lexical_lead, cosine_lead: by how much the passage is ahead of the others that were found.
        lexical: of the passage, for each word of the question.
        is_first: how many of both measures have this passage as the first, as a share.
        most_covered, most_meant, most_near: the most that any sentence has, be it another one.
    """

    sentence: Sentence
    covered: float
    nearby: float
    passage: float
    anywhere: float
    meant: float
    weakest: float
    cosine: float
    passage_cosine: float
    of_kind: float
    words: int
    lexical_lead: float
    cosine_lead: float
    lexical: float
    is_first: float
    most_covered: float = 0.0
    most_meant: float = 0.0
    most_near: float = 0.0

    def signs(self) -> dict[str, float]:
        """What a judgement is made of, by name."""
        return {name: float(getattr(self, name)) for name in SIGNS}


SIGNS = (
    "covered",
    "nearby",
    "passage",
    "anywhere",
    "meant",
    "weakest",
    "cosine",
    "passage_cosine",
    "of_kind",
    "words",
    "lexical_lead",
    "cosine_lead",
    "lexical",
    "is_first",
    "most_covered",
    "most_meant",
    "most_near",
)


def gather(question: str, hits: Sequence[Hit], reader: PackagedEmbedder | None) -> Evidence | None:
    """None where there is no sentence. Without a reader, by words alone."""
    languages = {language_of(question), *(hit.language for hit in hits)}
    passages = [frozenset(_terms(hit.passage, hit.language)) for hit in hits]
    terms = _weighed(question, sorted(languages), passages)
    found = [one for at, hit in enumerate(hits[:_PASSAGES]) for one in _sentences_of(at, hit)]
    if not found or not terms:
        return None
    ranked = sorted(range(len(found)), key=lambda at: -_by_words(found, at, terms, passages))[
        :_READ
    ]
    asked = reader.read(question) if reader else None
    made = [_evidence(question, found, at, terms, passages, hits, asked, reader) for at in ranked]
    best = max(made, key=lambda one: one.covered + one.meant + one.cosine + 0.3 * one.passage)
    return replace(
        best,
        most_covered=max(one.covered for one in made),
        most_meant=max(one.meant for one in made),
        most_near=max(one.cosine for one in made),
    )


def _terms(text: str, language: str) -> set[str]:
    return set(terms_of(_bare(text), language))


def _bare(text: str) -> str:
    """Without the marks of Markdown, at the same length or shorter."""
    return _MARKS.sub(lambda mark: mark[1] or " ", text)


def _weighed(
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
    return terms


def _is_stop_word(word: str, languages: Sequence[str]) -> bool:
    """In the language of the question, if it is known, else in any."""
    return any(language and not list(terms_of(word, language)) for language in languages)


def _sentences_of(at: int, hit: Hit) -> list[Sentence]:
    """Of every line: a heading, a row and an item are sentences of their own."""
    found = []
    for line in re.finditer(r"[^\n]*[^\W_][^\n]*", hit.text):
        for span in sentences(hit.text, line.start(), line.end()):
            text = _bare(hit.text[span.start : span.end]).strip()
            terms = frozenset(terms_of(text, hit.language))
            if terms:
                found.append(Sentence(at, span.start, span.end, text, terms))
    return found


def _share(terms: Sequence[Term], there: frozenset[str], *, is_strict: bool = False) -> float:
    whole = sum(one.weight for one in terms)
    met = sum(one.weight * _met(one, there, is_strict) for one in terms)
    return met / whole if whole else 0.0


def _met(term: Term, there: frozenset[str], is_strict: bool) -> float:
    if term.stems & there:
        return 1.0
    return 0.0 if is_strict else max((_likeness(one, there) for one in term.stems), default=0.0)


def _likeness(stem: str, there: frozenset[str]) -> float:
    if len(stem) < 5 or not stem.isalpha():
        return 0.0
    near = [one for one in there if len(one) > 3 and one[:2] == stem[:2]]
    best = max((SequenceMatcher(None, stem, one).ratio() for one in near), default=0.0)
    return best if best >= _ALIKE else 0.0


def _nearby(found: Sequence[Sentence], at: int) -> frozenset[str]:
    own = found[at]
    around = found[max(0, at - 1) : at + 2]
    return frozenset().union(*(one.terms for one in around if one.hit == own.hit))


def _by_words(
    found: Sequence[Sentence],
    at: int,
    terms: Sequence[Term],
    passages: Sequence[frozenset[str]],
) -> float:
    own = found[at]
    return (
        _share(terms, own.terms)
        + 0.3 * _share(terms, _nearby(found, at), is_strict=True)
        + 0.3 * _share(terms, passages[own.hit], is_strict=True)
        - 0.02 * own.hit
    )


def _evidence(
    question: str,
    found: Sequence[Sentence],
    at: int,
    terms: Sequence[Term],
    passages: Sequence[frozenset[str]],
    hits: Sequence[Hit],
    asked: Reading | None,
    reader: PackagedEmbedder | None,
) -> Evidence:
    own, near = found[at], _nearby(found, at)
    read = reader.read(own.text) if reader else None
    meant = _meant(terms, own.terms, asked, read)
    whole = sum(one.weight for one in terms)
    text = " ".join(one.text for one in found[max(0, at - 1) : at + 2] if one.hit == own.hit)
    return Evidence(
        sentence=own,
        covered=_share(terms, own.terms),
        nearby=_share(terms, near),
        passage=_share(terms, passages[own.hit]),
        anywhere=_share(terms, frozenset().union(*passages), is_strict=True),
        meant=sum(one.weight * value for one, value in zip(terms, meant, strict=True)) / whole,
        weakest=min(meant),
        cosine=float(asked.vector @ read.vector) if asked and read else 0.0,
        passage_cosine=hits[own.hit].cosine or 0.0,
        of_kind=is_of_kind(question, text),
        words=len(terms),
        lexical_lead=_lead([one.lexical for one in hits], own.hit),
        cosine_lead=_lead([one.cosine or 0.0 for one in hits], own.hit),
        lexical=hits[own.hit].lexical / len(terms),
        is_first=_is_first(hits, own.hit),
    )


def _is_first(hits: Sequence[Hit], at: int) -> float:
    by_words = max(hits, key=lambda one: one.lexical) is hits[at]
    by_meaning = max(hits, key=lambda one: one.cosine or 0.0) is hits[at]
    return (by_words + by_meaning) / 2


def _lead(values: list[float], at: int) -> float:
    """Ahead of the lesser half of the others, as a share of itself."""
    others = sorted(values[:at] + values[at + 1 :])
    lesser = others[: max(1, len(others) // 2)]
    if not others or values[at] <= 0:
        return 0.0
    return 1 - sum(lesser) / len(lesser) / values[at]


def _meant(
    terms: Sequence[Term], there: frozenset[str], asked: Reading | None, read: Reading | None
) -> list[float]:
    """For each word, how near the nearest part of the sentence comes to it."""
    if asked is None or read is None or not len(read.parts) or not len(asked.parts):
        return [_met(one, there, is_strict=False) for one in terms]
    nearest = (asked.parts @ read.parts.T).max(axis=1)

    def of(term: Term) -> float:
        rows = [
            row
            for row, (start, end) in enumerate(asked.places)
            if start >= term.start and end <= term.end
        ]
        by_meaning = float(nearest[rows].mean()) if rows else 0.0
        return max(by_meaning, _met(term, there, is_strict=False))

    return [of(one) for one in terms]
