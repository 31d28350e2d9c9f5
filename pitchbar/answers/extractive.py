"""An answer without a model: the best sentences of the passages as they stand, readably joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pitchbar.answers.joining import as_text
from pitchbar.answers.quotable import CODE, Quotable, quotables_of
from pitchbar.answers.runs import Run, merged, run_around
from pitchbar.answers.turns import Citation, Verdict
from pitchbar.retrieval.answerable import Answer, Found, answer_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

# Another sentence must come so near the best one of its passage to be quoted, too; and that one so
# near the best of all: which of two passages answers is told less surely than which sentence.
_NEAR_IN_PASSAGE, _NEAR_ELSEWHERE = 0.97, 0.84
_MOST_PLACES, _MOST_PROSE = 3, 900
# Of the words of a sentence, so many in another one make it a repeat.
_REPEATED = 0.75
# A passage in the visitor's language is taken before one that is a little nearer.
_OWN_LANGUAGE = 1.08


@dataclass(frozen=True)
class Composed:
    """`text` has `[n]` behind what citation n quotes; `score` says how surely it answers. Empty
    where nothing could be quoted.
    """

    text: str
    citations: Sequence[Citation] = ()
    verdicts: Sequence[Verdict] = ()
    score: float = 0.0


def compose(
    question: str, hits: Sequence[Hit], *, language: str = "", best: Answer | None = None
) -> Composed:
    """Args:
    language: the visitor's; of passages that answer alike, those in it are quoted.
    best: what `answer_of` says of the question and the hits, where it was asked already.
    """
    best = best or answer_of(question, hits)
    own = {place: quotables_of(place, hits[place].text) for place in _places(best)}
    # The head of a table may come nearest, and says nothing by itself.
    found = {one: _at(own[one.place], one) for one in best.found}
    at = {one: place for one, place in found.items() if place is not None}
    runs = merged(_chosen(_ranked(list(at), hits, language), at, hits, own))
    parts, citations, verdicts = [], [], []
    for n, run in enumerate(runs, 1):
        quoted = own[run.hit][run.first : run.last]
        hit = hits[run.hit]
        quote = hit.text[quoted[0].start : quoted[-1].end]
        parts.append(as_text(quoted, hit.headings, n))
        citations.append(Citation(n, hit.url, hit.title, quote, run.hit))
        verdicts += [Verdict(one.shown, n, is_supported=True) for one in quoted]
    return Composed("\n\n".join(parts), citations, verdicts, best.score)


def _places(best: Answer) -> set[int]:
    return {one.place for one in best.found}


def _ranked(found: Sequence[Found], hits: Sequence[Hit], language: str) -> list[Found]:
    """The best first, and what comes near it; all in the language of the best one."""

    def worth(one: Found) -> float:
        return one.nearness * (_OWN_LANGUAGE if hits[one.place].language == language[:2] else 1)

    ranked = sorted(found, key=lambda one: -worth(one))
    of_passage: dict[int, float] = {}
    for one in ranked:
        of_passage.setdefault(one.place, worth(one))
    # Where little is near, it may be less than nothing.
    return ranked[:1] + [
        one
        for one in ranked[1:]
        if worth(one) >= _NEAR_IN_PASSAGE * of_passage[one.place]
        and of_passage[one.place] >= _NEAR_ELSEWHERE * worth(ranked[0])
        and hits[one.place].language == hits[ranked[0].place].language
    ]


def _chosen(
    ranked: Sequence[Found],
    at: Mapping[Found, int],
    hits: Sequence[Hit],
    own: Mapping[int, Sequence[Quotable]],
) -> list[Run]:
    chosen: list[Run] = []
    said: list[frozenset[str]] = []
    length = 0
    for one in ranked:
        if any(_has(run, one.place, at[one]) for run in chosen):
            continue
        run = run_around(own[one.place], at[one])
        quoted = own[one.place][run.first : run.last]
        more = sum(len(part.shown) for part in quoted)
        if chosen and (length + more > _MOST_PROSE or _is_repeat(quoted, hits[one.place], said)):
            continue
        chosen.append(run)
        said += [_words(part, hits[one.place]) for part in quoted]
        length += more
        if len(chosen) == _MOST_PLACES:
            break
    return chosen


def _at(own: Sequence[Quotable], one: Found) -> int | None:
    """The quotable that has most of the sentence."""
    shares = [min(part.end, one.end) - max(part.start, one.start) for part in own]
    best = max(shares, default=0)
    return shares.index(best) if best > 0 else None


def _has(run: Run, hit: int, at: int) -> bool:
    return run.hit == hit and run.first <= at < run.last


def _words(one: Quotable, hit: Hit) -> frozenset[str]:
    return frozenset(terms_of(one.shown, hit.language))


def _is_repeat(quoted: Sequence[Quotable], hit: Hit, said: Sequence[frozenset[str]]) -> bool:
    """Code is none: two examples share most of their words, and differ in what counts."""
    words = [_words(one, hit) for one in quoted if one.kind != CODE]
    return any(
        len(one & other) >= _REPEATED * min(len(one), len(other))
        for one in words
        for other in said
        if one and other
    )
