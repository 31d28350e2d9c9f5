from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# What a source is made of.
URL, SITE, SITEMAP, FEED, TEXT, FILE = "url", "site", "sitemap", "feed", "text", "file"
KINDS = (URL, SITE, SITEMAP, FEED, TEXT, FILE)
CRAWLED_KINDS = (URL, SITE, SITEMAP, FEED)

# Of a source: waits for its first crawl · is read · answers questions · failed.
PENDING, CRAWLING, INDEXED, FAILED = "pending", "crawling", "indexed", "failed"

# Of a generation: is read · its chunks go into the index · waits for a person, as it would do
# damage · answers questions · answered them once · says what the one that answers says · was
# thrown away · could not be read.
READING, INDEXING, HELD, ACTIVE = "reading", "indexing", "held", "active"
KEPT, SAME, DISCARDED, BROKEN = "kept", "same", "discarded", "broken"
UNDER_WAY = (READING, INDEXING)

# Of a page: waits · its job is there · was read · is as it was · has nothing to offer, and `reason`
# says why · could not be had.
QUEUED, CALLED, READ = "queued", "called", "read"
UNCHANGED, SKIPPED, MISSED = "unchanged", "skipped", "missed"
OPEN_PAGES = (QUEUED, CALLED)

OFF, DAILY, WEEKLY = "off", "daily", "weekly"
SCHEDULES = (OFF, DAILY, WEEKLY)


class Source(Model):
    """Something of a customer's that answers are found in."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_workspace_id", "workspace_id", "id"),
        Index("ix_sources_next_crawl_at", "next_crawl_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    # Where it begins; none of text and files.
    url: Mapped[str] = mapped_column(String(2048), default="")
    # Of text: what was pasted. Of a file: where it lies, and what it was called.
    text: Mapped[str] = mapped_column(Text, default="")
    file_key: Mapped[str] = mapped_column(String(300), default="")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    file_type: Mapped[str] = mapped_column(String(100), default="")
    file_bytes: Mapped[int] = mapped_column(default=0)
    # Patterns of addresses, hosts beside its own, single pages that were chosen, the most pages.
    include: Mapped[list[str]] = mapped_column(JSON, default=list)
    exclude: Mapped[list[str]] = mapped_column(JSON, default=list)
    hosts: Mapped[list[str]] = mapped_column(JSON, default=list)
    chosen: Mapped[list[str]] = mapped_column(JSON, default=list)
    page_cap: Mapped[int] = mapped_column(default=500)
    schedule: Mapped[str] = mapped_column(String(16), default=OFF)
    next_crawl_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(16), default=PENDING)
    # Why it failed, as a sentence for the customer; whether the next try may go better, and how
    # many were made by themselves since it last went well.
    error: Mapped[str] = mapped_column(String(500), default="")
    error_is_transient: Mapped[bool] = mapped_column(default=False)
    retries: Mapped[int] = mapped_column(default=0)
    # The generation that answers; no key of the database's, as each needs the other.
    active_generation_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("source", self.id, self.name, self.workspace_id)

    @property
    def is_crawled(self) -> bool:
        return self.kind in CRAWLED_KINDS


class Generation(Model):
    """What was found in a source at one time. One of a source answers, the others can."""

    __tablename__ = "source_generations"
    __table_args__ = (
        UniqueConstraint("source_id", "number", name="uq_source_generations_source_id"),
        Index("ix_source_generations_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(16), default=READING)
    # Why it is held, and what would change: figures and examples.
    held_reason: Mapped[str] = mapped_column(String(300), default="")
    held_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Addresses that were found beyond the most that are read.
    left_out: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    documents: Mapped[int] = mapped_column(default=0)
    chunks: Mapped[int] = mapped_column(default=0)
    # Of the chunks, those that are in the index; by which model, none where by words alone.
    indexed_chunks: Mapped[int] = mapped_column(default=0)
    embedding_model: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Its first pages are known · all of them are read · are in the index · it answers.
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    indexed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    source: Mapped[Source] = relationship()


class Page(Model):
    """One address in one generation: its place in the queue, and what became of it. Text and files
    are one page each, without an address.
    """

    __tablename__ = "source_pages"
    __table_args__ = (
        UniqueConstraint("generation_id", "url_hash", name="uq_source_pages_generation_id"),
        Index("ix_source_pages_state", "generation_id", "state", "id"),
        Index("ix_source_pages_document_id", "document_id"),
        Index("ix_source_pages_workspace_id", "workspace_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    source_id: Mapped[int] = mapped_column(BigId)
    generation_id: Mapped[int] = mapped_column(
        ForeignKey("source_generations.id", ondelete="CASCADE")
    )
    url: Mapped[str] = mapped_column(String(2048), default="")
    url_hash: Mapped[str] = mapped_column(String(64))  # SHA-256, in hexadecimal
    # Links away from where the source begins, and where it was found.
    depth: Mapped[int] = mapped_column(default=0)
    found_in: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(16), default=QUEUED)
    # For programs a word, for people a sentence.
    reason: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[str] = mapped_column(String(500), default="")
    is_transient: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    # How often the site asked to come back later; these are no tries.
    releases: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None] = mapped_column()
    hops: Mapped[list[str]] = mapped_column(JSON, default=list)
    robots: Mapped[str] = mapped_column(String(300), default="")
    canonical: Mapped[str] = mapped_column(String(2048), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    characters_in: Mapped[int] = mapped_column(default=0)
    characters_kept: Mapped[int] = mapped_column(default=0)
    elapsed_ms: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # For the next time.
    etag: Mapped[str] = mapped_column(String(300), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("source_documents.id", ondelete="SET NULL")
    )

    document: Mapped["Document | None"] = relationship()


class Document(Model):
    """What a page or file says, as Markdown. It never changes: a page that says something else is
    another document, and generations share those that stayed.
    """

    __tablename__ = "source_documents"
    __table_args__ = (
        Index("ix_source_documents_content_hash", "source_id", "content_hash"),
        Index("ix_source_documents_workspace_id", "workspace_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    # ISO 639-1; empty when it cannot be told.
    language: Mapped[str] = mapped_column(String(8), default="")
    markdown: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    chunks: Mapped[list["Chunk"]] = relationship(order_by="Chunk.position", viewonly=True)


class Chunk(Model):
    """A part of a document, of a size that is searched for and read as one."""

    __tablename__ = "source_chunks"
    __table_args__ = (
        UniqueConstraint("document_id", "position", name="uq_source_chunks_document_id"),
        Index("ix_source_chunks_workspace_id", "workspace_id"),
        # The same text elsewhere is not embedded again.
        Index("ix_source_chunks_content_hash", "workspace_id", "content_hash"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    document_id: Mapped[int] = mapped_column(ForeignKey("source_documents.id", ondelete="CASCADE"))
    # From 0 on; `start` and `end` are characters of the document's Markdown.
    position: Mapped[int] = mapped_column()
    start: Mapped[int] = mapped_column()
    end: Mapped[int] = mapped_column()
    # Above it, the outermost first.
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    text: Mapped[str] = mapped_column(Text)
    tokens: Mapped[int] = mapped_column(default=0)
    # Of headings and text.
    content_hash: Mapped[str] = mapped_column(String(64))

    document: Mapped[Document] = relationship(viewonly=True)


_UNREAD: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), sql("token_vectors IS NULL"))


class Embedding(Model):
    """What a model made of a chunk, kept so that an index can be built again without the model."""

    __tablename__ = "source_embeddings"

    chunk_id: Mapped[int] = mapped_column(
        ForeignKey("source_chunks.id", ondelete="CASCADE"), primary_key=True
    )
    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId, index=True)
    # Little-endian float32 of the model's size, of length one.
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    # As of `clients/token_vectors.py`; of the packaged model alone. Some 15 kB.
    token_vectors: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (Index("ix_source_embeddings_unread", "model", "chunk_id", **_UNREAD),)
