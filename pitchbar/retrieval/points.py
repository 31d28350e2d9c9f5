"""Chunks as points of the store."""

from collections.abc import Iterable, Mapping, Sequence

from pitchbar.clients.vectors import Point, point_id
from pitchbar.retrieval.chunk_rows import ChunkRow
from pitchbar.retrieval.sparse import sparse_of_text
from pitchbar.sources.models import Generation


def points_of(
    generation: Generation, chunks: Iterable[ChunkRow], vectors: Mapping[int, Sequence[float]]
) -> list[Point]:
    return [_point_of(generation, one, vectors.get(one.id)) for one in chunks]


def _point_of(generation: Generation, chunk: ChunkRow, vector: Sequence[float] | None) -> Point:
    return Point(
        id=point_id(generation.id, chunk.id),
        dense=vector,
        sparse=sparse_of_text(chunk.passage, chunk.language),
        payload={
            "workspace_id": generation.workspace_id,
            "source_id": generation.source_id,
            "generation_id": generation.id,
            "document_id": chunk.document_id,
            "chunk_id": chunk.id,
            "url": chunk.url,
            "language": chunk.language,
            "content_hash": chunk.content_hash,
        },
    )
