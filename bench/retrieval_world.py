"""An installation of its own for the bench of the search: a database, a folder of vectors, and
sources whose documents are read, cut, embedded and indexed as in life.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select, update

from pitchbar import create_app
from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.retrieval.backends import close_stores
from pitchbar.retrieval.rebuilding import rebuild
from pitchbar.settings import current_settings, load_settings
from pitchbar.sources.crawls.queues import hash_of
from pitchbar.sources.crawls.storing import store_document
from pitchbar.sources.models import (
    ACTIVE,
    READ,
    SITE,
    Chunk,
    Document,
    Embedding,
    Generation,
    Page,
    Source,
)
from pitchbar.workspaces.services import create_workspace


@dataclass(frozen=True)
class Text:
    title: str
    markdown: str
    language: str = "en"


@dataclass(frozen=True)
class Corpus:
    """A workspace of its own; chunks by id: document's place, start and end. `sources` are one for
    all documents, or one for each.
    """

    workspace_id: int
    source_id: int
    generation_id: int
    chunks: dict[int, tuple[int, int, int]]
    seconds: float
    sources: tuple[int, ...] = ()

    def sources_but(self, place: int) -> tuple[int, ...]:
        return (*self.sources[:place], *self.sources[place + 1 :])


@contextmanager
def installation(**values: str) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="pitchbar-retrieval-") as folder:
        environ = {"DATA_DIR": folder, "LOG_LEVEL": "ERROR", **values}
        app = create_app(load_settings(environ))
        with app.app_context():
            upgrade()
            yield
            db.session.remove()
            db.engine.dispose()
        close_stores()


def make_corpus(name: str, texts: Sequence[Text]) -> Corpus:
    """Reads, cuts, embeds and indexes. With $SENTENCES, as where nothing is kept of words."""
    source = make_source(name)
    generation = make_generation(source)
    places: dict[int, int] = {}
    for place, text in enumerate(texts):
        document = store_document(source, f"https://{name}.example/{place}", text)
        places[document.id] = place
        add_page(generation, document)
    source.active_generation_id = generation.id
    db.session.commit()
    began_at = time.perf_counter()
    for _ in rebuild(generation.id, current_settings()):
        pass
    seconds = time.perf_counter() - began_at
    if os.environ.get("SENTENCES"):
        db.session.execute(update(Embedding).values(token_vectors=None))
        db.session.commit()
    chunks = _chunks(places)
    return Corpus(
        source.workspace_id, source.id, generation.id, chunks, seconds, sources=(source.id,)
    )


def make_corpus_of_sources(name: str, texts: Sequence[Text]) -> Corpus:
    """Each text is a source of its own, which may be left out."""
    first = make_source(name)
    places: dict[int, int] = {}
    sources = [first, *(add_source(first.workspace_id, text.title) for text in texts[1:])]
    generations = [make_generation(source) for source in sources]
    for place, (source, generation, text) in enumerate(
        zip(sources, generations, texts, strict=True)
    ):
        document = store_document(source, f"https://{name}.example/{place}", text)
        places[document.id] = place
        add_page(generation, document)
        source.active_generation_id = generation.id
    db.session.commit()
    began_at = time.perf_counter()
    for generation in generations:
        for _ in rebuild(generation.id, current_settings()):
            pass
    seconds = time.perf_counter() - began_at
    ids = tuple(source.id for source in sources)
    return Corpus(
        first.workspace_id, first.id, generations[0].id, _chunks(places), seconds, sources=ids
    )


def _chunks(places: dict[int, int]) -> dict[int, tuple[int, int, int]]:
    rows = db.session.execute(
        select(Chunk.id, Chunk.document_id, Chunk.start, Chunk.end).where(
            Chunk.document_id.in_(list(places))
        )
    )
    return {row[0]: (places[row[1]], row[2], row[3]) for row in rows}


def make_source(name: str) -> Source:
    owner = Person(name=name, email=f"{name}@pitchbar.example", password_hash="")
    db.session.add(owner)
    db.session.flush()
    workspace = create_workspace(name=name, time_zone="UTC", owner=owner, plan="scale")
    return add_source(workspace.id, name)


def add_source(workspace_id: int, name: str) -> Source:
    source = Source(workspace_id=workspace_id, kind=SITE, name=name)
    db.session.add(source)
    db.session.flush()
    return source


def make_generation(source: Source) -> Generation:
    generation = Generation(
        workspace_id=source.workspace_id,
        source_id=source.id,
        number=1,
        state=ACTIVE,
        activated_at=clock.now(),
    )
    db.session.add(generation)
    db.session.flush()
    return generation


def add_page(generation: Generation, document: Document) -> None:
    page = Page(
        workspace_id=generation.workspace_id,
        source_id=generation.source_id,
        generation_id=generation.id,
        url=document.url,
        url_hash=hash_of(document.url),
        state=READ,
        document_id=document.id,
    )
    db.session.add(page)


def read_markdown(folder: Path) -> list[Text]:
    return [
        Text(path.stem.replace("_", " "), path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.md"))
    ]
