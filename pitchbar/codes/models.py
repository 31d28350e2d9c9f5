from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.utm import Utm
from pitchbar.events.subjects import Subject

ACTIVE, ARCHIVED = "active", "archived"


class Code(Model):
    """A dynamic QR code. A deleted one keeps its row, so that its printed short code is never
    given to somebody else.
    """

    __tablename__ = "codes"
    __table_args__ = (
        Index("ix_codes_list", "workspace_id", "status", "id"),
        Index("ix_codes_campaign", "workspace_id", "campaign"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    short_code: Mapped[str] = mapped_column(String(64), unique=True)
    destination_url: Mapped[str] = mapped_column(String(2048))
    utm_source: Mapped[str] = mapped_column(String(255), default="")
    utm_medium: Mapped[str] = mapped_column(String(255), default="")
    utm_campaign: Mapped[str] = mapped_column(String(255), default="")
    utm_term: Mapped[str] = mapped_column(String(255), default="")
    utm_content: Mapped[str] = mapped_column(String(255), default="")
    forward_parameters: Mapped[bool] = mapped_column(default=False)
    error_correction: Mapped[str] = mapped_column(String(1), default="M")
    notes: Mapped[str] = mapped_column(Text, default="")
    campaign: Mapped[str] = mapped_column(String(100), default="", server_default="")
    # Before and from when scans lead nowhere; None is no limit. Every GET that is led on counts.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scan_limit: Mapped[int | None] = mapped_column()
    # Argon2; None where no password is asked.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    # Where scans go that the code does not lead on; empty for the workspace's.
    fallback_url: Mapped[str] = mapped_column(String(2048), default="", server_default="")
    # Whether destinations get `pb_at`.
    attribution: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The rules as the edge reads them: written with each edit of a rule, None where there are none.
    routing: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default=ACTIVE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def utm(self) -> Utm:
        """What a scan adds to the destination unless the scanned address says otherwise."""
        return Utm.of(self)

    @property
    def subject(self) -> Subject:
        return Subject("code", self.id, self.name, self.workspace_id)


class CodeDestination(Model):
    """Where a code led for a span of time: its present destination, and each it had before.

    `since_at` is None where it is unknown: what the code led to before this was written down.
    """

    __tablename__ = "code_destinations"
    __table_args__ = (Index("ix_code_destinations_of_code", "code_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    destination_url: Mapped[str] = mapped_column(String(2048))
    since_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A person by their account, which may go; a program by the name it had.
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    set_by_program: Mapped[str] = mapped_column(String(254), default="")


class CodeEdit(Model):
    """What was done to many codes at once, as long as it can be undone.

    `changes` holds for each code its id, and of each value that was changed what it was before and
    became: `[{"id": 42, "before": {"campaign": ""}, "after": {"campaign": "spring"}}, …]`.
    """

    __tablename__ = "code_edits"
    __table_args__ = (Index("ix_code_edits_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
