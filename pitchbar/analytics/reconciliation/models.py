from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

State = Literal["equal", "waiting", "missing", "uncounted"]


class ReconciledHour(Model):
    """What an hour (UTC) came to when it was looked at last, over all workspaces.

    `accepted` = `stored` + `rejected` + what is missing or waits. `reasons` has the stored scans by
    why they are set apart ("" for people). `rollup_differences` name rollup rows that were not what
    the scans come to, with what had to be added.
    """

    __tablename__ = "reconciled_hours"

    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    accepted: Mapped[int] = mapped_column(BigId, default=0)
    unrecorded: Mapped[int] = mapped_column(BigId, default=0)
    stored: Mapped[int] = mapped_column(BigId, default=0)
    reasons: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    rejected: Mapped[int] = mapped_column(BigId, default=0)
    state: Mapped[str] = mapped_column(String(16))
    rollup_differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # When those were set right.
    rebuilt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def difference(self) -> int:
        """Accepted and neither stored nor rejected; below zero, more is stored than was counted."""
        return self.accepted - self.stored - self.rejected

    @property
    def is_wrong(self) -> bool:
        return self.state == "missing" or bool(self.rollup_differences and not self.rebuilt_at)
