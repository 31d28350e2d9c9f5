from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime

# Not looked at yet · answers · failed of late · failed three times in a row · answers, but not
# programs · is not looked at.
NEW, WELL, FAILING, DEAD, UNCLEAR, SKIPPED = (
    *("new", "well", "failing", "dead"),
    *("unclear", "skipped"),
)


class Link(Model):
    """A destination of a code, by itself or by one of its rules, and whether it answers."""

    __tablename__ = "links"
    __table_args__ = (
        Index("uq_links_code_id_url_key", "code_id", "url_key", unique=True),
        Index("ix_links_next_check_at", "next_check_at"),
        Index("ix_links_host", "host", "next_check_at"),
        Index("ix_links_workspace_id", "workspace_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048))
    # A digest of it: short enough for an index.
    url_key: Mapped[str] = mapped_column(String(64))
    host: Mapped[str] = mapped_column(String(253))
    state: Mapped[str] = mapped_column(String(16), default=NEW)
    # In a row.
    failures: Mapped[int] = mapped_column(default=0)
    # What came of the last look, as a sentence; the status where there was an answer.
    said: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None] = mapped_column()
    # Where redirects led; empty without any.
    final_url: Mapped[str] = mapped_column(String(2048), default="")
    tls_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None: not by itself.
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until then a round has it in hand, and with it its whole host.
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkSpan(Model):
    """How long a destination gave one and the same answer, and how often it was asked."""

    __tablename__ = "link_spans"
    __table_args__ = (
        Index("ix_link_spans_of_code", "code_id", "url_key", "id"),
        Index("ix_link_spans_last_at", "last_at"),
        Index("ix_link_spans_workspace_id", "workspace_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048))
    url_key: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    checks: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
