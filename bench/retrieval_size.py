"""A workspace with as many chunks as one likes, made of the words of our docs. Their vectors, and
what is kept of their words, are drawn, so that nothing is embedded but the questions.
"""

import random
import re
import time

import numpy as np
from sqlalchemy import insert, select

from bench.machine import ROOT
from bench.retrieval_world import add_page, make_generation, make_source
from pitchbar.clients.embeddings import PackagedEmbedder
from pitchbar.clients.token_vectors import pack
from pitchbar.clients.vectors import Collection
from pitchbar.extensions import db
from pitchbar.retrieval.backends import collection_of, open_embedder
from pitchbar.retrieval.rebuilding import rebuild
from pitchbar.settings import current_settings
from pitchbar.sources.models import Chunk, Document, Embedding, Generation

_A_DOCUMENT, _WORDS = 50, 220
# Chunks share what is kept of their words; a question compares far fewer than there are.
_KEPT, _LETTERS = 64, 6


def fill(size: int) -> tuple[int, list[str], float]:
    """Returns the workspace, words to ask for, and the seconds that putting them in took."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    words = re.findall(r"[A-Za-z]{3,}", text)
    chance, draw = random.Random(1), np.random.default_rng(1)
    source = make_source("size")
    generation = make_generation(source)
    collection = collection_of(open_embedder(current_settings()))
    kept = [_kept_words(draw) for _ in range(_KEPT)] if collection.size else []
    for number in range(0, size, _A_DOCUMENT):
        count = min(_A_DOCUMENT, size - number)
        _add_document(generation, number, count, words, chance)
        _add_vectors(generation, count, collection, draw, kept)
    source.active_generation_id = generation.id
    db.session.commit()
    began_at = time.perf_counter()
    for _ in rebuild(generation.id, current_settings()):
        pass
    return source.workspace_id, sorted(set(words)), time.perf_counter() - began_at


def _add_document(
    generation: Generation, number: int, count: int, words: list[str], chance: random.Random
) -> None:
    document = Document(
        workspace_id=generation.workspace_id,
        source_id=generation.source_id,
        url=f"https://size.example/{number}",
        title=f"Document {number}",
        language="en",
        markdown="",
        content_hash=f"{number:064x}",
    )
    db.session.add(document)
    db.session.flush()
    add_page(generation, document)
    rows = [
        {
            "workspace_id": generation.workspace_id,
            "document_id": document.id,
            "position": position,
            "start": 0,
            "end": 0,
            "headings": [document.title],
            "text": " ".join(chance.choices(words, k=_WORDS)),
            "tokens": _WORDS,
            "content_hash": f"{number + position:064x}",
        }
        for position in range(count)
    ]
    db.session.execute(insert(Chunk), rows)


def _kept_words(draw: np.random.Generator) -> bytes:
    """Of a chunk with words of _LETTERS letters."""
    rows = draw.normal(size=(_WORDS, PackagedEmbedder.size)).astype("<f4")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = [(at * (_LETTERS + 1), at * (_LETTERS + 1) + _LETTERS) for at in range(_WORDS)]
    return pack(rows, places, ("x" * _LETTERS + " ") * _WORDS)


def _add_vectors(
    generation: Generation,
    count: int,
    collection: Collection,
    draw: np.random.Generator,
    kept: list[bytes],
) -> None:
    if not collection.size:
        db.session.commit()
        return
    newest = select(Chunk.id).order_by(Chunk.id.desc()).limit(count)
    made = draw.normal(size=(count, collection.size)).astype("<f4")
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    rows = [
        {
            "chunk_id": chunk_id,
            "model": collection.key,
            "workspace_id": generation.workspace_id,
            "vector": vector.tobytes(),
            "token_vectors": kept[chunk_id % _KEPT],
        }
        for chunk_id, vector in zip(db.session.scalars(newest), made, strict=True)
    ]
    db.session.execute(insert(Embedding), rows)
    db.session.commit()
