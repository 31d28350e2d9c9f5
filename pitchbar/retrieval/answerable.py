"""Whether what was found answers a question at all, and which sentence does.

A question that the sources do not answer is better refused than answered from something nearby.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.evidence import Evidence, gather
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.settings import current_settings

# Logistic regressions, by `bin/bench answerable`; 0.5 wrongly refuses one in twenty questions that
# are answered.
_BY_MEANING: Mapping[str, float] = {
    "bias": -14.842,
    "meant": 0.023,
    "backed": 8.817,
    "weakest": -2.167,
    "cosine": 1.298,
    "pieces": 10.406,
    "of_kind": 0.836,
    "names": 2.561,
    "lead": 0.9,
    "asks_how": 2.047,
    "asks_what": 0.529,
}
_BY_WORDS: Mapping[str, float] = {
    "bias": -8.766,
    "covered": 2.461,
    "nearby": 1.107,
    "passage": 3.552,
    "anywhere": 0.626,
    "of_kind": 1.278,
    "names": 2.901,
    "lead": 2.2,
    "asks_how": 1.61,
    "asks_what": 0.425,
    "words": 0.279,
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
    text. Without hits, `place` is -1. `found` are a few of them, the best one first.
    """

    score: float
    is_answered: bool
    sentence: str = ""
    place: int = -1
    start: int = 0
    end: int = 0
    found: tuple[Found, ...] = ()


def answer_of(question: str, hits: Sequence[Hit], threshold: float | None = None) -> Answer:
    """Args:
    hits: in their order, as `search` gives them; eight tell more than three.
    threshold: of the score, from where on it is an answer; by default ANSWER_THRESHOLD.
    """
    own = current_settings()[RetrievalSettings]
    reader = None if own.embeddings_model == WORDS_ALONE else packaged_embedder()
    gathered = gather(question, hits, reader)
    if not gathered:
        return Answer(0.0, is_answered=False)
    evidence = gathered[0]
    score = score_of(evidence, _BY_WORDS if reader is None else _BY_MEANING)
    least = own.answer_threshold if threshold is None else threshold
    sentence = evidence.sentence
    text = hits[sentence.hit].text[sentence.start : sentence.end]
    found = tuple(_found(one) for one in gathered)
    return Answer(score, score >= least, text, sentence.hit, sentence.start, sentence.end, found)


def _found(evidence: Evidence) -> Found:
    sentence = evidence.sentence
    return Found(sentence.hit, sentence.start, sentence.end, evidence.nearness)


def score_of(evidence: Evidence, weights: Mapping[str, float]) -> float:
    signs = evidence.signs()
    whole = weights["bias"] + sum(signs[name] * weights[name] for name in weights if name != "bias")
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, whole))))
