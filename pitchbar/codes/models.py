import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.utm import Utm
from pitchbar.domains.models import Domain
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
        Index("ix_codes_domain_id", "domain_id"),
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
    # How its symbol looks, as `Design.stored`; None for the plain one. The level of correction
    # stands in its own column.
    design: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # The own domain of the workspace on which it is, and its short code there; None: on our host,
    # where `short_code` leads on in any case.
    domain_id: Mapped[int | None] = mapped_column(BigId)
    domain_short_code: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), default=ACTIVE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Read with the codes of a list, and only where one of them has one.
    domain: Mapped[Domain | None] = relationship(
        primaryjoin=lambda: foreign(Code.domain_id) == Domain.id, viewonly=True, lazy="selectin"
    )

    @property
    def present_short_code(self) -> str:
        """That of the address which the symbol holds today."""
        return self.domain_short_code or self.short_code

    @property
    def symbol_version(self) -> str:
        """Differs whenever the picture does."""
        words = json.dumps(self.design, sort_keys=True) if self.design else ""
        look = hashlib.blake2s(words.encode(), digest_size=6).hexdigest() if words else ""
        return f"{self.error_correction}{self.domain_id or ''}{self.domain_short_code or ''}{look}"

    @property
    def utm(self) -> Utm:
        """What a scan adds to the destination unless the scanned address says otherwise."""
        return Utm.of(self)

    @property
    def subject(self) -> Subject:
        return Subject("code", self.id, self.name, self.workspace_id)


class CodeAddress(Model):
    """An address of a code on an own domain: the present one, and each it had there before."""

    __tablename__ = "code_addresses"
    __table_args__ = (
        Index("uq_code_addresses_domain_id_short_code", "domain_id", "short_code", unique=True),
        Index("ix_code_addresses_code_id", "code_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    short_code: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


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
