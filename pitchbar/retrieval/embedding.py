"""What a model makes of chunks, made once and kept: the same text elsewhere in the workspace, or in
the next generation, is not embedded again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from pitchbar.clients.embeddings import Embedder, PackagedEmbedder
from pitchbar.clients.vectors import Collection
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.retrieval.chunk_rows import ChunkRow
from pitchbar.sources.models import Chunk, Embedding

# Between two looks at the clock.
_AT_ONCE = 8


class _Made(NamedTuple):
    """As `Embedding` keeps it."""

    vector: bytes
    token_vectors: bytes | None


def vectors_of(
    chunks: Sequence[ChunkRow], embedder: Embedder | None, collection: Collection
) -> dict[int, list[float]]:
    """By chunk; none where words alone are searched for.

    Writes nothing until all are made: on SQLite, whoever writes holds up all others.
    Raises EmbeddingsUnavailable.
    """
    if embedder is None or not collection.size:
        return {}
    kept = _kept(chunks, collection.key)
    missing = [one for one in chunks if one.id not in kept]
    known = _by_text(missing, collection.key)
    unknown = {one.content_hash: one for one in missing if one.content_hash not in known}
    known |= _made(list(unknown.values()), embedder)
    new = {one.id: known[one.content_hash] for one in missing}
    _keep(missing, new, collection.key)
    vectors = kept | {chunk_id: made.vector for chunk_id, made in new.items()}
    return {chunk_id: _read(vector) for chunk_id, vector in vectors.items()}


def _kept(chunks: Sequence[ChunkRow], key: str) -> dict[int, bytes]:
    rows = db.session.execute(
        select(Embedding.chunk_id, Embedding.vector).where(
            Embedding.model == key, Embedding.chunk_id.in_([one.id for one in chunks])
        )
    )
    return {row[0]: row[1] for row in rows}


def _by_text(chunks: Sequence[ChunkRow], key: str) -> dict[str, _Made]:
    """What other chunks of the workspace with the same text have."""
    if not chunks:
        return {}
    rows = db.session.execute(
        select(Chunk.content_hash, Embedding.vector, Embedding.token_vectors)
        .join(Embedding, Embedding.chunk_id == Chunk.id)
        .where(
            Embedding.model == key,
            Chunk.workspace_id == chunks[0].workspace_id,
            Chunk.content_hash.in_({one.content_hash for one in chunks}),
        )
    )
    return {row[0]: _Made(row[1], row[2]) for row in rows}


def _made(chunks: Sequence[ChunkRow], embedder: Embedder) -> dict[str, _Made]:
    made: dict[str, _Made] = {}
    for at in range(0, len(chunks), _AT_ONCE):
        check_deadline()
        some = chunks[at : at + _AT_ONCE]
        embedded = _embedded([one.passage for one in some], embedder)
        made |= {one.content_hash: it for one, it in zip(some, embedded, strict=True)}
    return made


def _embedded(passages: Sequence[str], embedder: Embedder) -> list[_Made]:
    if isinstance(embedder, PackagedEmbedder):
        both = [embedder.embed_with_tokens(one) for one in passages]
        return [_Made(vector.astype("<f4").tobytes(), tokens) for vector, tokens in both]
    return [_Made(row.astype("<f4").tobytes(), None) for row in embedder.embed(passages)]


def _keep(chunks: Sequence[ChunkRow], made: dict[int, _Made], key: str) -> None:
    """Another job may have come first, to the same."""
    rows = [
        {
            "chunk_id": one.id,
            "model": key,
            "workspace_id": one.workspace_id,
            **made[one.id]._asdict(),
        }
        for one in chunks
    ]
    if rows:
        statement = insert_into(db.engine, Embedding).values(rows)
        db.session.execute(statement.on_conflict_do_nothing())


def _read(vector: bytes) -> list[float]:
    import numpy as np

    return [float(one) for one in np.frombuffer(vector, dtype="<f4")]
