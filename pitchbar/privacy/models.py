from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

PURGE, ERASURE = "purge", "erasure"


class PrivacyReceipt(Model):
    """What was deleted, how much of it, by which rule and when. It says nothing of whom it was
    about, and is kept as long as its workspace.

    A receipt without `ended_at` is of a purge that is going on, or was cut off and goes on with the
    next: `counts` are true at every moment, as they are written with what they count.
    """

    __tablename__ = "privacy_receipts"
    __table_args__ = (Index("ix_privacy_receipts_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    # "purge" or "erasure".
    kind: Mapped[str] = mapped_column(String(16))
    # The setting with its value, or what was asked for.
    rule: Mapped[str] = mapped_column(String(200))
    # Rows of before then went; None for one person's.
    before_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # By table, how many rows.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who asked for it; empty for the schedule.
    actor_name: Mapped[str] = mapped_column(
        String(254), default="", info={"forgotten": "with the workspace"}
    )
