"""Whether what was found answers a question at all, and which sentence does.

A question that the sources do not answer is better refused than answered from something nearby.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.evidence import PASSAGES, Evidence, gather
from pitchbar.retrieval.kept_tokens import token_vectors_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.settings import current_settings

# Logistic regressions, by `bin/bench answerable`; 0.5 wrongly refuses hardly one in twenty of
# those that are answered. By what is kept of the words of passages, by sentences that the model
# reads when somebody asks, by words alone.
_BY_TOKENS: Mapping[str, float] = {
    "bias": -19.489,
    "meant": 2.941,
    "backed": 1.483,
    "weakest": -1.077,
    "cosine": 1.866,
    "of_kind": 0.798,
    "names": 2.37,
    "lead": 1.948,
    "asks_how": 2.048,
    "asks_what": 0.671,
    "throughout": 10.52,
    "told": 9.359,
}
_BY_SENTENCES: Mapping[str, float] = {
    "bias": -14.912,
    "meant": 0.65,
    "backed": 8.321,
    "weakest": -2.082,
    "cosine": 1.284,
    "pieces": 10.418,
    "of_kind": 0.894,
    "names": 2.664,
    "lead": 0.883,
    "asks_how": 2.112,
    "asks_what": 0.506,
}
_BY_WORDS: Mapping[str, float] = {
    "bias": -8.444,
    "covered": 2.269,
    "nearby": 0.984,
    "passage": 4.17,
    "anywhere": 0.266,
    "of_kind": 0.645,
    "names": 3.054,
    "lead": 2.508,
    "asks_how": 1.362,
    "asks_what": 0.328,
    "words": 0.276,
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
    kept = token_vectors_of([one.chunk_id for one in hits[:PASSAGES]]) if reader else []
    gathered = gather(question, hits, reader, kept)
    if not gathered:
        return Answer(0.0, is_answered=False)
    evidence = gathered[0]
    by_meaning = _BY_TOKENS if kept else _BY_SENTENCES
    score = score_of(evidence, by_meaning if reader else _BY_WORDS)
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
