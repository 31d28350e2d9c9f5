from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model


class CitedSource(Model):
    """How many answers of an agent rested on a source on a day of the workspace."""

    __tablename__ = "cited_sources"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    agent_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # Without a foreign key: it stays when its source goes.
    source_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    answers: Mapped[int] = mapped_column(default=0)
