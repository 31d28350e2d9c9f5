"""Puts the chunks of a generation into the index, a batch at a time. Every step can be taken twice:
what is embedded is kept, and a point is named by its generation and chunk.
"""

from collections.abc import Sequence

from sqlalchemy import select, update

from pitchbar.clients.vectors import Collection, Where
from pitchbar.extensions import db
from pitchbar.retrieval.backends import collection_of, open_embedder, open_store
from pitchbar.retrieval.chunk_rows import ChunkRow, count_chunks
from pitchbar.retrieval.embedding import vectors_of
from pitchbar.retrieval.points import points_of
from pitchbar.settings import Settings
from pitchbar.sources.generations import activate
from pitchbar.sources.models import ACTIVE, INDEXING, Generation
from pitchbar.sources.telling import tell

# A job's worth: some ten seconds on a busy core, so that others have their turn soon.
BATCH = 32


def find_generation(generation_id: int, *states: str) -> Generation | None:
    """If it is in one of these states still."""
    return db.session.execute(
        select(Generation).where(Generation.id == generation_id, Generation.state.in_(states))
    ).scalar_one_or_none()


def put_in(generation: Generation, chunks: Sequence[ChunkRow], settings: Settings) -> Collection:
    """Embeds what is not yet, commits it, and puts all of it into the present model's collection.

    Raises EmbeddingsUnavailable, VectorsUnavailable.
    """
    embedder = open_embedder(settings)
    collection = collection_of(embedder)
    vectors = vectors_of(chunks, embedder, collection)
    points = points_of(generation, chunks, vectors)
    # What was dear to make is kept, whatever becomes of the rest.
    db.session.commit()
    open_store(settings).upsert(collection, points)
    return collection


def note_progress(generation_id: int, settings: Settings) -> bool:
    """Writes down how many chunks are there; returns whether it is all of them."""
    collection = collection_of(open_embedder(settings))
    where = Where(generation_ids=(generation_id,))
    count = open_store(settings).count(collection.name, where)
    total = count_chunks(generation_id)
    db.session.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.state == INDEXING)
        .values(indexed_chunks=min(count, total), embedding_model=collection.key)
    )
    generation = find_generation(generation_id, INDEXING)
    if generation is not None:
        tell(generation.workspace_id, generation.source_id)
    return count >= total


def let_answer(generation_id: int) -> bool:
    """All of it is there; of several who find that, one has its way."""
    generation = find_generation(generation_id, INDEXING)
    return generation is not None and activate(generation)


def is_wanted(generation_id: int) -> bool:
    """Whether its points are to be in the index."""
    return find_generation(generation_id, ACTIVE, INDEXING) is not None
