from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime


class AuditEntry(Model):
    """Who did what to which thing. No foreign keys: the entry outlives all that it names.

    `before` and `after` hold only the fields that changed. An operator's acts on the installation
    itself have no workspace.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_of_workspace", "workspace_id", "id"),
        Index("ix_audit_entries_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(
        String(254), info={"forgotten": "with the workspace, and after AUDIT_RETENTION_DAYS"}
    )
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject_name: Mapped[str] = mapped_column(String(254))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    ip: Mapped[str] = mapped_column(
        String(45), info={"forgotten": "with the workspace, and after AUDIT_RETENTION_DAYS"}
    )
    user_agent: Mapped[str] = mapped_column(
        String(512), info={"forgotten": "with the workspace, and after AUDIT_RETENTION_DAYS"}
    )
