from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pitchbar.clients.embeddings import EmbeddingsUnavailable, packaged_embedder
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Fail, Queue, enqueue, every, task
from pitchbar.retrieval.backends import open_store
from pitchbar.retrieval.chunk_rows import Lane, next_chunks
from pitchbar.retrieval.forgetting import forget, forget_of_workspace
from pitchbar.retrieval.indexing import (
    BATCH,
    find_generation,
    let_answer,
    note_progress,
    put_in,
)
from pitchbar.retrieval.kept_tokens import fill_in, is_any_unread
from pitchbar.retrieval.rebuilding import (
    generations_of_other_models,
    take_over,
    unused_collections,
)
from pitchbar.settings import current_settings
from pitchbar.sources.generations import break_off
from pitchbar.sources.models import ACTIVE, INDEXING, UNDER_WAY, Generation

# Two jobs of a generation wait or run at most: another customer's page is third in the line.
LANES = 2
_WAITS = (30, 90, 180)
# Questions that began before a switch are through with the old points by then.
_FORGET_AFTER_SECONDS = 60.0

_NO_MODEL = "The service that reads texts by their meaning refuses ours. Its settings need a look."
_TOO_SLOW = "Putting this source into the index took too long, three times. Please try it again."
_NO_INDEX = "The index could not be reached, three times. Please try it again in a while."


@task(queue=Queue.INDEX, tries=3, waits=_WAITS, timeout=90, unique_until="start")
def index_generation(generation_id: int, lane: int, lanes: int, after: int) -> None:
    """Puts the next chunks of a lane into the index, and calls for the ones behind them."""
    generation = find_generation(generation_id, INDEXING)
    if generation is None:
        return
    chunks = next_chunks(generation_id, after, BATCH, lane=Lane(lane, lanes))
    if chunks:
        _put_in(generation, chunks)
    is_whole = note_progress(generation_id, current_settings())
    if is_whole:
        let_answer(generation_id)
    elif len(chunks) == BATCH:
        enqueue_lane(generation_id, lane, lanes, chunks[-1].id)
    db.session.commit()


@index_generation.failed
def give_up(error: AttemptError, generation_id: int, **rest: Any) -> None:
    generation = find_generation(generation_id, *UNDER_WAY)
    if generation is not None:
        is_refused = error.outcome == "refused"
        sentence = _TOO_SLOW if error.outcome == "timeout" else _NO_INDEX
        break_off(generation, _NO_MODEL if is_refused else sentence, is_transient=not is_refused)
    db.session.commit()


@task(queue=Queue.INDEX, tries=3, waits=_WAITS, timeout=90)
def index_documents(generation_id: int, document_ids: list[int], after: int = 0) -> None:
    """Puts the chunks of some documents into the index of a generation that answers."""
    generation = find_generation(generation_id, ACTIVE, INDEXING)
    if generation is None:
        return
    chunks = next_chunks(generation_id, after, BATCH, document_ids=document_ids)
    if chunks:
        _put_in(generation, chunks)
    if len(chunks) == BATCH:
        enqueue(index_documents, generation_id, document_ids, chunks[-1].id)
    db.session.commit()


@task(queue=Queue.INDEX, tries=3, waits=_WAITS, timeout=90)
def forget_generations(workspace_id: int, generation_ids: list[int]) -> None:
    """Takes the points of generations that answer no longer out of the index."""
    forget(workspace_id, generation_ids, current_settings())


@task(queue=Queue.INDEX, tries=8, timeout=90)
def forget_workspace(workspace_id: int) -> None:
    forget_of_workspace(workspace_id, current_settings())


@task(queue=Queue.INDEX, tries=1, timeout=60, schedule=every.minutes(10), missed="skip")
def resume_indexing() -> None:
    """Calls again for what is on its way into the index, for what another model embedded, and for
    what an earlier release kept no words of.
    """
    for generation_id in db.session.scalars(
        select(Generation.id).where(Generation.state == INDEXING)
    ):
        enqueue_lanes(generation_id)
    for generation_id in generations_of_other_models(current_settings()):
        enqueue(rebuild_generation, generation_id, 0, unique=f"rebuild-{generation_id}")
    if packaged_embedder() is not None and is_any_unread():
        enqueue(read_words, unique="read-words")
    enqueue(drop_collections, delay=_FORGET_AFTER_SECONDS, unique="drop-collections")
    db.session.commit()


@task(queue=Queue.INDEX, tries=1, timeout=90, unique_until="start")
def read_words() -> None:
    """Keeps the words of chunks that an earlier release embedded, a batch at a time; it is called
    again every ten minutes while there are some.
    """
    model = packaged_embedder()
    if model is not None and fill_in(BATCH, model) == BATCH:
        enqueue(read_words, unique="read-words")
    db.session.commit()


@task(queue=Queue.INDEX, tries=1, timeout=60)
def drop_collections() -> None:
    """Drops the index of a model that no generation answers from any more."""
    settings = current_settings()
    for name in unused_collections(settings):
        open_store(settings).drop(name)


@task(queue=Queue.INDEX, tries=3, waits=_WAITS, timeout=90, unique_until="start")
def rebuild_generation(generation_id: int, after: int) -> None:
    """Builds a generation that answers anew, for the present model, beside what answers."""
    generation = find_generation(generation_id, ACTIVE)
    if generation is None:
        return
    chunks = next_chunks(generation_id, after, BATCH)
    if chunks:
        _put_in(generation, chunks)
    if len(chunks) == BATCH:
        unique = f"rebuild-{generation_id}"
        enqueue(rebuild_generation, generation_id, chunks[-1].id, unique=unique)
    else:
        take_over(generation_id, current_settings())
    db.session.commit()


def enqueue_lanes(generation_id: int) -> None:
    for lane in range(LANES):
        enqueue_lane(generation_id, lane, LANES, 0)


def enqueue_lane(generation_id: int, lane: int, lanes: int, after: int) -> None:
    unique = f"index-{generation_id}-{lane}"
    enqueue(index_generation, generation_id, lane, lanes, after, unique=unique)


def enqueue_forgetting(workspace_id: int, generation_ids: Sequence[int]) -> None:
    enqueue(forget_generations, workspace_id, list(generation_ids), delay=_FORGET_AFTER_SECONDS)


def _put_in(generation: Generation, chunks: Sequence[Any]) -> None:
    try:
        put_in(generation, chunks, current_settings())
    except EmbeddingsUnavailable as error:
        if error.permanent:
            raise Fail(str(error)) from error
        raise
