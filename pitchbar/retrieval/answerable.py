"""Whether what was found answers a question at all, and which sentence does.

A question that the sources do not answer is better refused than answered from something nearby.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.evidence import PASSAGES, gather
from pitchbar.retrieval.kept_tokens import token_vectors_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.retrieval.signs import Evidence
from pitchbar.settings import current_settings

# Logistic regressions, by `bin/bench answerable`; 0.5 wrongly refuses hardly one in twenty of
# those that are answered, and three in ten of those asked in another language than the passages
# are in. By what is kept of the words of passages, the same in languages that the model does not
# know, from one language to another, by sentences that it reads when somebody asks, by words alone.
_BY_TOKENS: Mapping[str, float] = {
    "bias": -19.288,
    "meant": 3.356,
    "backed": 1.748,
    "weakest": -1.63,
    "cosine": 0.718,
    "of_kind": 0.329,
    "names": 2.723,
    "lead": 1.842,
    "asks_how": 2.206,
    "asks_what": 0.589,
    "throughout": 11.561,
    "told": 8.594,
}
_BY_TOKENS_OF_OTHERS: Mapping[str, float] = {
    "bias": -13.79,
    "meant": 4.996,
    "backed": 3.346,
    "weakest": -4.183,
    "cosine": 0.786,
    "of_kind": 1.066,
    "names": 1.711,
    "lead": 3.527,
    "asks_how": 0.246,
    "asks_what": 0.264,
    "throughout": 7.78,
    "behind": -10.575,
    "covered_alike": 3.512,
}
_ACROSS_LANGUAGES: Mapping[str, float] = {
    "bias": -7.297,
    "meant": 7.207,
    "backed": 4.219,
    "weakest": -6.523,
    "cosine": 2.64,
    "of_kind": 1.796,
    "names": 1.516,
    "lead": 0.786,
    "asks_how": 0.364,
    "asks_what": 0.185,
}
_BY_SENTENCES: Mapping[str, float] = {
    "bias": -14.117,
    "meant": 0.621,
    "backed": 8.187,
    "weakest": -1.824,
    "cosine": 1.411,
    "pieces": 9.836,
    "of_kind": 0.284,
    "names": 2.723,
    "lead": 0.875,
    "asks_how": 2.15,
    "asks_what": 0.381,
}
_BY_WORDS: Mapping[str, float] = {
    "bias": -8.376,
    "covered": 2.325,
    "nearby": 0.817,
    "passage": 4.147,
    "anywhere": 0.122,
    "of_kind": 0.631,
    "names": 3.348,
    "lead": 2.247,
    "asks_how": 1.485,
    "asks_what": 0.319,
    "words": 0.265,
}


@dataclass(frozen=True)
class Found:
    """A sentence that may answer, and where it stands, as of an `Answer`. `nearness` compares those
    of one question; without a model it is smaller.
    """

    place: int
    start: int
    end: int
    nearness: float


@dataclass(frozen=True)
class Answer:
    """`score`, from 0 to 1, says how surely the passages answer. The sentence is the best there is,
    whether it answers or not: it stands in the hit at `place`, from `start` to before `end` of its
    text. Without hits, `place` is -1. `found` are a few of them, the best one first. `is_across`:
    most passages are in another language than the question, so that the score says little.
    """

    score: float
    is_answered: bool
    sentence: str = ""
    place: int = -1
    start: int = 0
    end: int = 0
    found: tuple[Found, ...] = ()
    is_across: bool = False


def answer_of(question: str, hits: Sequence[Hit], threshold: float | None = None) -> Answer:
    """Args:
    hits: in their order, as `search` gives them; eight tell more than three.
    threshold: of the score, from where on it is an answer; by default ANSWER_THRESHOLD.
    """
    own = current_settings()[RetrievalSettings]
    reader = None if own.embeddings_model == WORDS_ALONE else packaged_embedder()
    kept = token_vectors_of([one.chunk_id for one in hits[:PASSAGES]]) if reader else []
    gathered = gather(question, hits, reader, kept)
    if not gathered:
        return Answer(0.0, is_answered=False)
    evidence = gathered[0]
    score = score_of(evidence, _weights(evidence, bool(reader), bool(kept)))
    least = own.answer_threshold if threshold is None else threshold
    sentence = evidence.sentence
    text = hits[sentence.hit].text[sentence.start : sentence.end]
    found = tuple(_found(one) for one in gathered)
    return Answer(
        score,
        score >= least,
        text,
        sentence.hit,
        sentence.start,
        sentence.end,
        found,
        evidence.across,
    )


def _weights(evidence: Evidence, has_reader: bool, has_kept: bool) -> Mapping[str, float]:
    if not has_reader:
        return _BY_WORDS
    if evidence.across:
        return _ACROSS_LANGUAGES
    if not has_kept:
        return _BY_SENTENCES
    return _BY_TOKENS_OF_OTHERS if evidence.by_words else _BY_TOKENS


def _found(evidence: Evidence) -> Found:
    sentence = evidence.sentence
    return Found(sentence.hit, sentence.start, sentence.end, evidence.nearness)


def score_of(evidence: Evidence, weights: Mapping[str, float]) -> float:
    signs = evidence.signs()
    whole = weights["bias"] + sum(signs[name] * weights[name] for name in weights if name != "bias")
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, whole))))
