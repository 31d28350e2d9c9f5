"""Finds the passages of a workspace's sources that a question asks for."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pitchbar.clients.embeddings import EmbeddingsUnavailable, packaged_embedder
from pitchbar.clients.reranker import Reranker, RerankerUnavailable
from pitchbar.clients.vectors import Candidate, Collection, VectorStore, Where, find_candidates
from pitchbar.core.figures import RETRIEVAL
from pitchbar.core.tracing import span
from pitchbar.retrieval.backends import embedder_of, open_reranker, open_store
from pitchbar.retrieval.fusion import dense_share, fuse
from pitchbar.retrieval.kept_tokens import KEY
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.late_interaction import COMPARED, reordered
from pitchbar.retrieval.passages import Hit, Scored, load_hits
from pitchbar.retrieval.source_languages import Answering, languages_of
from pitchbar.retrieval.sparse import sparse_of_question
from pitchbar.settings import Settings, current_settings
from pitchbar.sources.generations import active_generations

log = logging.getLogger(__name__)

# How many are looked at by each measure, and how many of them a reranker judges.
_CANDIDATES, _RERANKED = 60, 24
_LONGEST_QUESTION = 2_000

HYBRID, WORDS, NOTHING = "hybrid", "words", "nothing"


@dataclass(frozen=True)
class SearchResult:
    """`mode`: by words and meaning ("hybrid"), by words alone ("words"), or there is nothing that
    could be searched ("nothing"). Times are in milliseconds.
    """

    hits: list[Hit]
    mode: str
    embedding_ms: float = 0.0
    search_ms: float = 0.0


@dataclass
class _Clock:
    embedding: float = 0.0
    began_at: float = field(default_factory=time.perf_counter)

    def result(self, hits: list[Hit], mode: str) -> SearchResult:
        whole = (time.perf_counter() - self.began_at) * 1000
        return SearchResult(hits, mode, self.embedding, whole - self.embedding)


def search(
    workspace_id: int,
    question: str,
    *,
    source_ids: Sequence[int] | None = None,
    limit: int = 8,
) -> SearchResult:
    """Raises VectorsUnavailable. With a model that is silent, words alone are searched for."""
    with span("retrieval", workspace=workspace_id) as told, RETRIEVAL.timed():
        result = _search(workspace_id, question, source_ids, limit)
        told.set("hits", len(result.hits))
        told.set("mode", result.mode)
    return result


def _search(
    workspace_id: int, question: str, source_ids: Sequence[int] | None, limit: int
) -> SearchResult:
    clock, settings = _Clock(), current_settings()
    question = " ".join(question.split())[:_LONGEST_QUESTION]
    groups = _by_collection(workspace_id, source_ids)
    if not question or not groups:
        return clock.result([], NOTHING)
    store, reranker = open_store(settings), open_reranker(settings)
    scored: list[Scored] = []
    modes = set()
    for collection, generations in groups.items():
        vector = _embedded(question, collection, settings, clock)
        scored += _scored(store, collection, question, vector, workspace_id, generations)
        modes.add(WORDS if vector is None else HYBRID)
    mode = HYBRID if HYBRID in modes else WORDS
    if reranker is None:
        found = _best(scored, max(limit, COMPARED))
        if modes == {HYBRID}:
            found = _by_words_meant(question, found, groups)
        return clock.result(load_hits(found[:limit]), mode)
    hits = load_hits(_best(scored, max(limit, _RERANKED)))
    return clock.result(_reranked(question, hits, reranker)[:limit], mode)


def _by_words_meant(
    question: str, found: list[Scored], groups: Mapping[Collection, Sequence[Answering]]
) -> list[Scored]:
    """Where the packaged model embedded them all."""
    reader = packaged_embedder()
    if reader is None or any(one.key != KEY for one in groups):
        return found
    generations = [one for own in groups.values() for one in own]
    languages = sorted({*languages_of(generations), language_of(question)})
    return reordered(question, found, languages, reader)


def _by_collection(
    workspace_id: int, source_ids: Sequence[int] | None
) -> dict[Collection, list[Answering]]:
    """While a new model takes over, some generations are found by the one and some by the other."""
    groups: dict[Collection, list[Answering]] = {}
    for generation_id, activated_at, key in active_generations(workspace_id, source_ids):
        groups.setdefault(Collection.of_key(key), []).append((generation_id, activated_at))
    return groups


def _embedded(
    question: str, collection: Collection, settings: Settings, clock: _Clock
) -> list[float] | None:
    embedder = embedder_of(collection, settings)
    if embedder is None:
        return None
    began_at = time.perf_counter()
    try:
        vector = embedder.embed([question])[0]
    except EmbeddingsUnavailable as error:
        log.warning("Searched by words alone: %s", error)
        return None
    finally:
        clock.embedding += (time.perf_counter() - began_at) * 1000
    return [float(one) for one in vector] if len(vector) == collection.size else None


def _scored(
    store: VectorStore,
    collection: Collection,
    question: str,
    vector: list[float] | None,
    workspace_id: int,
    generations: Sequence[Answering],
) -> list[Scored]:
    asked_in = language_of(question)
    sparse = sparse_of_question(question, {*languages_of(generations), asked_in})
    where = Where(workspace_id, tuple(generation_id for generation_id, _ in generations))
    found = find_candidates(store, collection, vector, sparse, where, _CANDIDATES)
    shares = [dense_share(asked_in, one.payload.get("language", "")) for one in found]
    return [_as_scored(one, score) for one, score in zip(found, fuse(found, shares), strict=True)]


def _as_scored(one: Candidate, score: float) -> Scored:
    payload: Any = one.payload
    return Scored(
        chunk_id=int(payload["chunk_id"]),
        source_id=int(payload["source_id"]),
        generation_id=int(payload["generation_id"]),
        content_hash=str(payload.get("content_hash", "")),
        score=score,
        lexical=one.lexical,
        cosine=one.cosine,
    )


def _best(scored: Sequence[Scored], count: int) -> list[Scored]:
    """What several pages say in the same words comes once."""
    best: dict[object, Scored] = {}
    for one in sorted(scored, key=lambda one: (-one.score, one.chunk_id)):
        best.setdefault(one.content_hash or one.chunk_id, one)
    return list(best.values())[:count]


def _reranked(question: str, hits: list[Hit], reranker: Reranker | None) -> list[Hit]:
    if reranker is None or len(hits) < 2:
        return hits
    try:
        scores = reranker.score(question, [one.passage for one in hits])
    except RerankerUnavailable as error:
        log.warning("Left in the order that there was: %s", error)
        return hits
    return [hits[place] for place in sorted(range(len(hits)), key=lambda at: -scores[at])]
