from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import Model


class ConversationDay(Model):
    """How many conversations began on a day of the workspace; it stays when they are forgotten."""

    __tablename__ = "conversation_days"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    begun: Mapped[int] = mapped_column(default=0)
