"""How far passages bear out a question: which of its words they have, how near the best sentence
comes to it, and whether there is something of the kind that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.clients.embeddings import PackagedEmbedder, Reading
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.question_kinds import is_of_kind
from pitchbar.retrieval.sentence_terms import (
    Sentence,
    Term,
    how_far_met,
    sentences_of,
    share_of,
    stems_of,
    terms_nearby,
    weighed_terms,
)

# Passages that are read sentence by sentence, and sentences that the model reads.
_PASSAGES, _READ = 4, 8


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

    def signs(self) -> dict[str, float]:
        """What a judgement is made of, by name."""
        return {name: float(getattr(self, name)) for name in SIGNS}

    @property
    def nearness(self) -> float:
        """Which of several sentences answers best; it compares those of one question."""
        return self.covered + self.meant + self.cosine + 0.3 * self.passage


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
)


def gather(question: str, hits: Sequence[Hit], reader: PackagedEmbedder | None) -> list[Evidence]:
    """Of a few sentences, the best one first; none where there is no sentence.

    Without a reader, by words alone.
    """
    languages = {language_of(question), *(hit.language for hit in hits)}
    passages = [frozenset(stems_of(hit.passage, hit.language)) for hit in hits]
    terms = weighed_terms(question, sorted(languages), passages)
    found = [one for at, hit in enumerate(hits[:_PASSAGES]) for one in sentences_of(at, hit)]
    if not found or not terms:
        return []
    ranked = sorted(range(len(found)), key=lambda at: -_by_words(found, at, terms, passages))[
        :_READ
    ]
    asked = reader.read(question) if reader else None
    made = [_evidence(question, found, at, terms, passages, hits, asked, reader) for at in ranked]
    return sorted(made, key=lambda one: -one.nearness)


def _by_words(
    found: Sequence[Sentence],
    at: int,
    terms: Sequence[Term],
    passages: Sequence[frozenset[str]],
) -> float:
    own = found[at]
    return (
        share_of(terms, own.terms)
        + 0.3 * share_of(terms, terms_nearby(found, at), is_strict=True)
        + 0.3 * share_of(terms, passages[own.hit], is_strict=True)
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
    own, near = found[at], terms_nearby(found, at)
    read = reader.read(own.text) if reader else None
    meant = _meant(terms, own.terms, asked, read)
    whole = sum(one.weight for one in terms)
    text = " ".join(one.text for one in found[max(0, at - 1) : at + 2] if one.hit == own.hit)
    return Evidence(
        sentence=own,
        covered=share_of(terms, own.terms),
        nearby=share_of(terms, near),
        passage=share_of(terms, passages[own.hit]),
        anywhere=share_of(terms, frozenset().union(*passages), is_strict=True),
        meant=sum(one.weight * value for one, value in zip(terms, meant, strict=True)) / whole,
        weakest=min(meant),
        cosine=float(asked.vector @ read.vector) if asked and read else 0.0,
        passage_cosine=hits[own.hit].cosine or 0.0,
        of_kind=is_of_kind(question, text),
        words=len(terms),
    )


def _meant(
    terms: Sequence[Term], there: frozenset[str], asked: Reading | None, read: Reading | None
) -> list[float]:
    """For each word, how near the nearest part of the sentence comes to it."""
    if asked is None or read is None or not len(read.parts) or not len(asked.parts):
        return [how_far_met(one, there, is_strict=False) for one in terms]
    nearest = (asked.parts @ read.parts.T).max(axis=1)

    def of(term: Term) -> float:
        rows = [
            row
            for row, (start, end) in enumerate(asked.places)
            if start >= term.start and end <= term.end
        ]
        by_meaning = float(nearest[rows].mean()) if rows else 0.0
        return max(by_meaning, how_far_met(term, there, is_strict=False))

    return [of(one) for one in terms]
