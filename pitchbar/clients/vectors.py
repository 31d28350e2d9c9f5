"""Where chunks are found again: a folder of this machine with the engine in the process, or a
Qdrant server. Both answer alike; this module says what can be asked, and knows neither library.

A collection belongs to one embedding model. It has two vectors for each point: `dense`, made by the
model, and `sparse`, the weighed words, whose rarity is counted in the workspace that asks.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["dense", "sparse"]
DENSE: Literal["dense"] = "dense"
SPARSE: Literal["sparse"] = "sparse"
# Names points by generation and chunk, so that to put one in twice is to put it in once.
_NAMESPACE = uuid.UUID("5d2f9d7e-6c43-4b6b-9a3e-6f2f0c1f1b57")


class VectorsUnavailable(Exception):
    """The store did not answer, or did not do what it was asked."""


@dataclass(frozen=True)
class Collection:
    """Args:
    model: the embedding model, empty where chunks are found by words alone.
    size: numbers in one of its vectors; 0 without a model.
    """

    model: str = ""
    size: int = 0

    @property
    def key(self) -> str:
        """What is written down with what was made for it."""
        return f"{self.model}@{self.size}" if self.size else ""

    @classmethod
    def of_key(cls, key: str) -> Collection:
        model, _, size = key.rpartition("@")
        return cls(model, int(size)) if key else cls()

    @property
    def name(self) -> str:
        """Of its folder, or on the server."""
        if not self.size:
            return "chunks-words"
        words = re.sub(r"[^a-z0-9]+", "-", self.model.lower()).strip("-")[:40]
        digest = hashlib.sha256(f"{self.model} {self.size}".encode()).hexdigest()[:8]
        return f"chunks-{words}-{digest}"


@dataclass(frozen=True)
class SparseVector:
    indices: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Point:
    """`payload` has what can be filtered by (`workspace_id`, `generation_id`) and what names it."""

    id: str
    dense: Sequence[float] | None
    sparse: SparseVector
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Where:
    """All that is given must hold; None: whatever it is."""

    workspace_id: int | None = None
    generation_ids: tuple[int, ...] | None = None
    point_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Probe:
    """The nearest of one kind of vector; of the sparse kind, those that share a word."""

    using: Kind
    vector: Sequence[float] | SparseVector
    where: Where
    limit: int


@dataclass(frozen=True)
class Found:
    id: str
    score: float
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A point by both measures; None: of this kind it has no vector, or there is no question."""

    id: str
    payload: Mapping[str, Any]
    lexical: float
    cosine: float | None


class VectorStore(Protocol):
    """Every method raises VectorsUnavailable. What was written is found by the next question."""

    def upsert(self, collection: Collection, points: Sequence[Point]) -> None:
        """Makes the collection when it is not there."""

    def delete(self, name: str, where: Where) -> None: ...

    def query(self, collection: Collection, probes: Sequence[Probe]) -> list[list[Found]]:
        """An answer to each; none from a collection that is not there."""

    def scroll(
        self, name: str, where: Where, after: str | None, limit: int
    ) -> tuple[list[Found], str | None]:
        """Points by their ids, and where the next portion begins."""

    def count(self, name: str, where: Where) -> int: ...

    def list_collections(self) -> list[str]: ...

    def drop(self, name: str) -> None: ...

    def close(self) -> None:
        """Whoever asks next opens it again."""

    def describe(self) -> str:
        """Where it is, for operators."""


def point_id(generation_id: int, chunk_id: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{generation_id}:{chunk_id}"))


def find_candidates(
    store: VectorStore,
    collection: Collection,
    dense: Sequence[float] | None,
    sparse: SparseVector,
    where: Where,
    limit: int,
) -> list[Candidate]:
    """The best by words and the best by meaning, each with both of its scores."""
    probes: list[Probe] = []
    if sparse.indices:
        probes.append(Probe(SPARSE, sparse, where, limit))
    if dense is not None and collection.size:
        probes.append(Probe(DENSE, dense, where, limit))
    if not probes:
        return []
    kinds = [probe.using for probe in probes]
    scores = dict(zip(kinds, store.query(collection, probes), strict=True))
    return _completed(store, collection, probes, scores)


def _completed(
    store: VectorStore,
    collection: Collection,
    probes: Sequence[Probe],
    answers: Mapping[Kind, list[Found]],
) -> list[Candidate]:
    """Asks for the scores of those that only the other kind had found."""
    known = {kind: {one.id: one.score for one in found} for kind, found in answers.items()}
    payloads = {one.id: one.payload for found in answers.values() for one in found}
    missing = [
        Probe(probe.using, probe.vector, _among(probe.where, ids), len(ids))
        for probe in probes
        if (ids := tuple(payloads.keys() - known[probe.using].keys()))
    ]
    if missing:
        for probe, found in zip(missing, store.query(collection, missing), strict=True):
            known[probe.using] |= {one.id: one.score for one in found}
    lexical, cosine = known.get(SPARSE, {}), known.get(DENSE, {})
    return [
        Candidate(one, payload, lexical.get(one, 0.0), cosine.get(one))
        for one, payload in payloads.items()
    ]


def _among(where: Where, ids: tuple[str, ...]) -> Where:
    return Where(where.workspace_id, where.generation_ids, ids)
