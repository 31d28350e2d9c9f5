"""Another model takes over: its index is built beside the old one, generation by generation, and
each answers from the new one by one UPDATE.
"""

import logging
from collections.abc import Iterator

from sqlalchemy import select, update

from pitchbar.clients.embeddings import EmbeddingsUnavailable
from pitchbar.clients.vectors import Collection, Where
from pitchbar.extensions import db
from pitchbar.retrieval.backends import collection_of, open_embedder, open_store
from pitchbar.retrieval.chunk_rows import count_chunks, next_chunks
from pitchbar.retrieval.indexing import BATCH, find_generation, put_in
from pitchbar.settings import Settings
from pitchbar.sources.models import ACTIVE, INDEXING, Generation

log = logging.getLogger(__name__)


def generations_of_other_models(settings: Settings) -> list[int]:
    """Those that answer from another index than the present model's."""
    try:
        key = collection_of(open_embedder(settings)).key
    except EmbeddingsUnavailable as error:
        log.warning("The index stays as it is: %s", error)
        return []
    others = select(Generation.id).where(
        Generation.state == ACTIVE, Generation.embedding_model != key
    )
    return list(db.session.scalars(others.order_by(Generation.id)))


def take_over(generation_id: int, settings: Settings) -> bool:
    """Lets a generation answer from the present model's index, if all of it is there."""
    store, collection = open_store(settings), collection_of(open_embedder(settings))
    where = Where(generation_ids=(generation_id,))
    if store.count(collection.name, where) < count_chunks(generation_id):
        return False
    generation = find_generation(generation_id, ACTIVE)
    if generation is None:
        return False
    db.session.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.state == ACTIVE)
        .values(embedding_model=collection.key)
    )
    return True


def unused_collections(settings: Settings) -> list[str]:
    """Those that no generation answers from, nor will soon."""
    in_use = Generation.state.in_((ACTIVE, INDEXING))
    keys = db.session.scalars(select(Generation.embedding_model).where(in_use).distinct())
    used = {Collection.of_key(key).name for key in keys}
    used.add(collection_of(open_embedder(settings)).name)
    return [name for name in open_store(settings).list_collections() if name not in used]


def rebuild(generation_id: int, settings: Settings) -> Iterator[int]:
    """Puts a generation that answers into the index anew, from its chunks; yields how many are in
    after each batch. Commits.
    """
    after = done = 0
    while True:
        generation = find_generation(generation_id, ACTIVE)
        chunks = next_chunks(generation_id, after, BATCH) if generation else []
        if generation is None or not chunks:
            break
        put_in(generation, chunks, settings)
        after, done = chunks[-1].id, done + len(chunks)
        yield done
    take_over(generation_id, settings)
    db.session.commit()
