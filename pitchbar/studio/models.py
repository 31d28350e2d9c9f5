from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject


class DesignTemplate(Model):
    """A design under a name, for any code of the workspace. New codes start with the default."""

    __tablename__ = "design_templates"
    __table_args__ = (Index("ix_design_templates_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_default: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)

    @property
    def picture_version(self) -> str:
        """Differs whenever its picture does."""
        return f"{self.updated_at.timestamp():.3f}"

    @property
    def subject(self) -> Subject:
        return Subject("design_template", self.id, self.name, self.workspace_id)


class DesignImage(Model):
    """A logo, cleaned; its bytes are in the object storage under `key` and never change."""

    __tablename__ = "design_images"
    __table_args__ = (Index("ix_design_images_of_workspace", "workspace_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(8))
    # Pixels, or units of an SVG.
    width: Mapped[float] = mapped_column(Float)
    height: Mapped[float] = mapped_column(Float)
    size: Mapped[int] = mapped_column()
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def key(self) -> str:
        return f"designs/{self.workspace_id}/{self.id}"

    @property
    def subject(self) -> Subject:
        return Subject("design_image", self.id, self.name, self.workspace_id)


class DesignBrand(Model):
    """The colours of the workspace that designs are made of, `["#0b7a5c", …]`."""

    __tablename__ = "design_brands"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    colours: Mapped[list[str]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)


class DesignEdit(Model):
    """What was drawn anew on many codes at once, as long as it can be undone:
    `[{"id": 42, "before": {…}, "after": {…}}, …]`, each a design with its correction.
    """

    __tablename__ = "design_edits"
    __table_args__ = (Index("ix_design_edits_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class ScanCheck(Model):
    """What the check of a code's picture found. The picture is told by `digest`: another design,
    address, logo or model of the check is another picture.
    """

    __tablename__ = "scan_checks"
    __table_args__ = (
        Index("uq_scan_checks_code_id_digest", "code_id", "digest", unique=True),
        Index("ix_scan_checks_of_workspace", "workspace_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    # A `ScanReport`; its pictures as base64.
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Who let a design pass that does not scan.
    overridden_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL")
    )
    overridden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
