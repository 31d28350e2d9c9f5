"""What was kept of the words of chunks when they were embedded, so that a question is compared with
a sentence without a model's reading it again.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import bindparam, select, update

from pitchbar.clients.embeddings import PackagedEmbedder, Reading
from pitchbar.clients.token_vectors import TokenVectors, is_wordy, shortened, unpack
from pitchbar.clients.unit_vectors import of_length_one
from pitchbar.clients.vectors import Collection
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.retrieval.passages import Hit, passage_of
from pitchbar.sources.models import Chunk, Embedding

KEY = Collection(PackagedEmbedder.model, PackagedEmbedder.size).key
_UNREAD = (Embedding.model == KEY, Embedding.token_vectors.is_(None))


def token_vectors_of(chunk_ids: Sequence[int]) -> list[TokenVectors]:
    """Of each, in their order; of none, if one of them was embedded by another model, or by a
    release that did not keep them: places on two scales do not compare.
    """
    ids = list(chunk_ids)
    rows = db.session.execute(_kept(), {"ids": ids, "key": KEY}) if ids else ()
    kept = {chunk_id: _unpacked(packed) for chunk_id, packed in rows}
    found = [one for one in map(kept.get, ids) if one is not None]
    return found if len(found) == len(ids) else []


# A question's passages are asked for twice, and many ask for the same ones; each takes 100 kB.
_unpacked = lru_cache(maxsize=128)(unpack)


@cache
def _kept() -> Any:
    return select(Embedding.chunk_id, Embedding.token_vectors).where(
        Embedding.chunk_id.in_(bindparam("ids", expanding=True)),
        Embedding.model == bindparam("key"),
        Embedding.token_vectors.is_not(None),
    )


def in_short(reading: Reading, question: str) -> Reading:
    """So that it compares with what is kept."""
    wordy = [at for at, place in enumerate(reading.places) if is_wordy(question, place)]
    parts = shortened(reading.parts[wordy])
    places = [reading.places[at] for at in wordy]
    return Reading(shortened(reading.vector[None, :])[0], parts, places)


def reading_within(kept: TokenVectors, hit: Hit, start: int, end: int) -> Reading:
    """Of a sentence that stands from and to before these characters of a hit's text, without where
    its words stand.
    """
    before = len(hit.passage) - len(hit.text)
    rows = kept.within(before + start, before + end)
    return Reading(of_length_one(rows.sum(axis=0)), rows, ())


def is_any_unread() -> bool:
    unread = select(Embedding.chunk_id).where(*_UNREAD).limit(1)
    return db.session.scalar(unread) is not None


def fill_in(limit: int, model: PackagedEmbedder) -> int:
    """Reads chunks that an earlier release embedded; returns how many. Commits nothing."""
    found = db.session.execute(
        select(Chunk.id, Chunk.headings, Chunk.text)
        .join(Embedding, Embedding.chunk_id == Chunk.id)
        .where(*_UNREAD)
        .order_by(Embedding.chunk_id)
        .limit(limit)
    ).all()
    made = []
    for chunk_id, headings, text in found:
        check_deadline()
        _, packed = model.embed_with_tokens(passage_of(headings, text))
        made.append({"chunk": chunk_id, "packed": packed})
    if made:
        one = Embedding.chunk_id == bindparam("chunk"), Embedding.model == KEY
        statement = update(Embedding).where(*one).values(token_vectors=bindparam("packed"))
        db.session.connection().execute(statement, made)
    return len(made)
