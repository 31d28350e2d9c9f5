"""What was found at an address the last time."""

from dataclasses import dataclass

from sqlalchemy import select

from pitchbar.extensions import db
from pitchbar.sources.models import Document, Generation, Page, Source


@dataclass(frozen=True, slots=True)
class Before:
    """`document_id` is what the address said then; the rest makes a conditional request."""

    document_id: int
    etag: str
    last_modified: str
    canonical: str
    content_hash: str
    characters_in: int
    characters_kept: int


def find_before(page: Page) -> Before | None:
    """In the generation that answers."""
    row = db.session.execute(
        select(
            Page.document_id,
            Page.etag,
            Page.last_modified,
            Page.canonical,
            Page.content_hash,
            Page.characters_in,
            Page.characters_kept,
        )
        .join(Source, Source.active_generation_id == Page.generation_id)
        .where(
            Source.id == page.source_id,
            Page.url_hash == page.url_hash,
            Page.document_id.is_not(None),
        )
    ).first()
    return Before(*row) if row else None  # type: ignore[arg-type]  # it has a document


def texts_of(generation_id: int) -> dict[str, str]:
    """Markdown by address, of all pages with a document."""
    rows = db.session.execute(
        select(Page.url, Document.markdown)
        .join(Document, Document.id == Page.document_id)
        .where(Page.generation_id == generation_id)
        .order_by(Page.id)
    )
    return {row[0]: row[1] for row in rows}


def documents_by_url(generation_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Page.url, Page.document_id).where(
            Page.generation_id == generation_id, Page.document_id.is_not(None)
        )
    )
    return {url: document_id for url, document_id in rows if document_id is not None}


def page_of(generation: Generation, url_hash: str) -> Page | None:
    return db.session.scalar(
        select(Page).where(Page.generation_id == generation.id, Page.url_hash == url_hash)
    )
