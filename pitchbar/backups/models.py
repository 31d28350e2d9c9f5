from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

CREATE, DRILL, RESTORE = "create", "drill", "restore"
RUNNING, DONE, FAILED = "running", "done", "failed"


class BackupRun(Model):
    """One backup, drill or restore, and what came of it. What is kept in storage is told by the
    storage itself: these rows are a log.

    Attributes:
        name: of the backup; empty while it has none.
        differences: of a drill, a sentence for each table that is not what the manifest says.
    """

    __tablename__ = "backup_runs"
    __table_args__ = (Index("ix_backup_runs_of_kind", "kind", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default=RUNNING)
    started_by: Mapped[str] = mapped_column(String(32), default="", server_default="")
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seconds: Mapped[float] = mapped_column(Float, default=0.0, server_default=text("0"))
    rows: Mapped[int] = mapped_column(BigId, default=0, server_default=text("0"))
    size: Mapped[int] = mapped_column(BigId, default=0, server_default=text("0"))
    differences: Mapped[list[Any]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
