"""How far passages bear out a question: which of its words they have, how near the best sentence
comes to it, and whether there is something of the kind that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.clients.embeddings import PackagedEmbedder, Reading
from pitchbar.clients.token_vectors import TokenVectors
from pitchbar.retrieval.kept_tokens import in_short, reading_within
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.name_words import is_name
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.question_frames import without_frame
from pitchbar.retrieval.question_kinds import HOW, WHAT, is_of_kind, kind_of
from pitchbar.retrieval.sentence_terms import (
    Sentence,
    Term,
    alike,
    met_in_each,
    sentences_of,
    share_of,
    stems_of_passage,
    weighed,
    weighed_terms,
    with_names,
)
from pitchbar.retrieval.signs import Evidence
from pitchbar.retrieval.speakers import speakers_of, without_words
from pitchbar.retrieval.word_nearness import how_far_meant, nearness_of_pieces, nearness_of_words

# Passages that are looked through sentence by sentence; sentences that are compared by what is kept
# of their words; those that the model reads where nothing is, and how much of them.
PASSAGES, _COMPARED, _READ, _READ_CHARACTERS = 4, 8, 4, 800


@dataclass(frozen=True)
class _Asked:
    """A question, and what was found for it. `met`: how far each of its words stands in each
    sentence; `met_in_passages`: in each of the first PASSAGES.
    """

    question: str
    hits: Sequence[Hit]
    passages: Sequence[frozenset[str]]
    terms: Sequence[Term]
    terms_alike: Sequence[Term]
    sentences: Sequence[Sentence]
    met: Sequence[Sequence[float]]
    met_in_passages: Sequence[Sequence[float]]
    anywhere: float
    by_words: bool
    across: bool
    kind: str
    lead: float
    reading: Reading | None
    throughout: Sequence[float]
    told: float


def gather(
    question: str,
    hits: Sequence[Hit],
    reader: PackagedEmbedder | None,
    kept: Sequence[TokenVectors] = (),
) -> list[Evidence]:
    """Of a few sentences, the best one first; none where there is no sentence.

    Without a reader, by words alone. `kept` are those of the first PASSAGES hits; without them the
    reader reads the sentences.
    """
    language = language_of(question)
    question = without_frame(question, language)
    languages = {language, *(hit.language for hit in hits)}
    passages = [stems_of_passage(hit.passage, hit.language) for hit in hits]
    terms = weighed_terms(question, sorted(languages), passages)
    found = [one for at, hit in enumerate(hits[:PASSAGES]) for one in sentences_of(at, hit)]
    if not found or not terms:
        return []
    speakers = speakers_of(question, terms, hits, passages, found)
    terms = [one for one in terms if one not in speakers]
    reading = reader.read(question) if reader else None
    if reading and speakers:
        reading = without_words(reading, speakers)
    kind, lead = kind_of(question), _lead(hits)
    across = bool(language) and _is_across(language, hits)
    if reading and kept:
        reading = in_short(reading, question)
    throughout = [nearness_of_pieces(reading, one.rows) for one in kept]
    told = max((nearness_of_words(terms, reading, one.rows) for one in kept), default=0.0)
    asked = _Asked(
        question,
        hits,
        passages,
        terms,
        alike(terms),
        found,
        met_in_each(terms, [one.terms for one in found]),
        met_in_each(terms, passages[:PASSAGES]),
        share_of(terms, frozenset().union(*passages), is_strict=True),
        reader is None or (not across and _is_unknown_to(reader, language)),
        across,
        kind,
        lead,
        reading,
        throughout,
        told,
    )
    ranked = _ranked(asked)
    if reader and kept:
        read = {at: _compared(kept, hits, found[at]) for at in ranked[:_COMPARED]}
    else:
        read = _read(reader, found, _worth(found, ranked)) if reader else {}
    pieces = 0.0
    if not kept:
        pieces = max((nearness_of_pieces(reading, one.parts) for one in read.values()), default=0.0)
    made = [_evidence(asked, at, read.get(at), pieces) for at in read or ranked[:_READ]]
    return sorted(made, key=lambda one: -one.nearness)


def _is_across(language: str, hits: Sequence[Hit]) -> bool:
    """Whether most passages are in another language, which has hardly a word of the question."""
    first = hits[:PASSAGES]
    return 2 * sum(1 for hit in first if hit.language not in (language, "")) >= len(first)


def _is_unknown_to(reader: PackagedEmbedder, language: str) -> bool:
    return bool(language) and language not in reader.languages


def _compared(kept: Sequence[TokenVectors], hits: Sequence[Hit], one: Sentence) -> Reading:
    return reading_within(kept[one.hit], hits[one.hit], one.start, one.end)


def _read(
    reader: PackagedEmbedder, found: Sequence[Sentence], places: Sequence[int]
) -> dict[int, Reading]:
    return dict(zip(places, reader.read_each([found[at].text for at in places]), strict=True))


# Of few passages one is easily far ahead, which says little.
_MOST_LEAD = 0.5


def _lead(hits: Sequence[Hit]) -> float:
    best, second, *_ = [*sorted((hit.lexical for hit in hits), reverse=True), 0.0, 0.0]
    return min(_MOST_LEAD, (best - second) / best) if best > 0 else 0.0


def _worth(found: Sequence[Sentence], ranked: Sequence[int]) -> list[int]:
    """Reading takes as long as what is read; two are always read."""
    taken: list[int] = []
    length = 0
    for at in ranked[:_READ]:
        length += len(found[at].text)
        if length > _READ_CHARACTERS and len(taken) > 1:
            break
        taken.append(at)
    return taken


def _ranked(asked: _Asked) -> list[int]:
    """Sentences by the words that they have, the best one first."""
    terms = asked.terms
    in_passage = [weighed(terms, _whole(one)) for one in asked.met_in_passages]

    def by_words(at: int) -> float:
        own = asked.sentences[at].hit
        near = weighed(terms, _whole(_met_nearby(asked, at)))
        share = weighed(terms, with_names(terms, asked.met[at]))
        return share + 0.3 * near + 0.3 * in_passage[own] - 0.02 * own

    return sorted(range(len(asked.sentences)), key=lambda at: -by_words(at))


def _whole(met: Sequence[float]) -> list[float]:
    """Without words that are only spelled alike."""
    return [float(value == 1.0) for value in met]


def _met_nearby(asked: _Asked, at: int) -> list[float]:
    """In a sentence or the ones next to it."""
    found = asked.sentences
    around = range(max(0, at - 1), min(len(found), at + 2))
    of_passage = (asked.met[one] for one in around if found[one].hit == found[at].hit)
    return [max(values) for values in zip(*of_passage, strict=True)]


def _evidence(asked: _Asked, at: int, read: Reading | None, pieces: float) -> Evidence:
    terms, found, own = asked.terms, asked.sentences, asked.sentences[at]
    met, there, through = asked.met[at], asked.met_in_passages[own.hit], asked.throughout
    meant = how_far_meant(terms, met, asked.reading, read)
    backed = [max(pair) for pair in zip(meant, there, strict=True)]
    named = with_names(terms, met)
    text = " ".join(one.text for one in found[max(0, at - 1) : at + 2] if one.hit == own.hit)
    return Evidence(
        sentence=own,
        by_words=asked.by_words,
        across=asked.across,
        covered=weighed(terms, named),
        covered_alike=weighed(asked.terms_alike, named),
        nearby=weighed(terms, with_names(terms, _met_nearby(asked, at))),
        passage=weighed(terms, with_names(terms, there)),
        anywhere=asked.anywhere,
        meant=weighed(terms, meant),
        meant_alike=weighed(asked.terms_alike, meant),
        backed=weighed(terms, with_names(terms, backed)),
        weakest=min(value for one, value in zip(terms, meant, strict=True) if not one.asks),
        cosine=float(asked.reading.vector @ read.vector) if asked.reading and read else 0.0,
        pieces=pieces,
        throughout=max(through, default=0.0),
        behind=max(through) - through[own.hit] if through else 0.0,
        told=asked.told,
        of_kind=is_of_kind(asked.question, text),
        fits=is_of_kind(asked.question, own.text),
        names=_names(asked.question, terms, there),
        lead=asked.lead,
        asks_how=float(asked.kind == HOW),
        asks_what=float(asked.kind == WHAT),
        words=len(terms),
    )


# What stands for the share where a question names nobody and nothing.
_NO_NAMES = 0.9


def _names(question: str, terms: Sequence[Term], met: Sequence[float]) -> float:
    """Of words with a capital letter but for the first, and numbers."""
    named = [one for one in terms if is_name(question, one.start)]
    if not named:
        return _NO_NAMES
    known = dict(zip(terms, with_names(terms, met), strict=True))
    return sum(known[one] for one in named) / len(named)
