from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import Model, UtcDateTime


class WeeklySummary(Model):
    """The summary of a week was made; by its key, it is made once. Nobody gets one of nothing."""

    __tablename__ = "weekly_summaries"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    # A Monday.
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    recipients: Mapped[int] = mapped_column(default=0)
