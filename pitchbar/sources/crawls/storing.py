"""Puts down what a page says: documents, cut into chunks."""

from typing import Protocol

from sqlalchemy import insert, select

from pitchbar.extensions import db
from pitchbar.reading.chunking import chunk, content_hash_of
from pitchbar.reading.settings import ReadingSettings
from pitchbar.settings import current_settings
from pitchbar.sources.models import Chunk, Document, Source


class Readable(Protocol):
    """What reading a page or a file gives."""

    @property
    def title(self) -> str: ...
    @property
    def markdown(self) -> str: ...
    @property
    def language(self) -> str: ...


def store_document(source: Source, url: str, text: Readable) -> Document:
    """The one that is there already where the same address says the same."""
    content_hash = content_hash_of(text.markdown)
    known = db.session.scalar(
        select(Document)
        .where(
            Document.source_id == source.id,
            Document.content_hash == content_hash,
            Document.url == url,
            Document.title == text.title[:300],
        )
        .limit(1)
    )
    if known is not None:
        return known
    document = Document(
        workspace_id=source.workspace_id,
        source_id=source.id,
        url=url,
        title=text.title[:300],
        language=text.language,
        markdown=text.markdown,
        content_hash=content_hash,
    )
    db.session.add(document)
    db.session.flush()
    _store_chunks(document)
    return document


def _store_chunks(document: Document) -> None:
    settings = current_settings()[ReadingSettings]
    rows = [
        {
            "workspace_id": document.workspace_id,
            "document_id": document.id,
            "position": one.position,
            "start": one.start,
            "end": one.end,
            "headings": list(one.headings),
            "text": one.text,
            "tokens": one.tokens,
            "content_hash": one.content_hash,
        }
        for one in chunk(
            document.markdown,
            document.title,
            size=settings.chunk_tokens,
            overlap=settings.chunk_overlap_tokens,
        )
    ]
    if rows:
        db.session.execute(insert(Chunk), rows)
