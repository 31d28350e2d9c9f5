from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

MOST_CHARACTERS = 80


class SavedView(Model):
    """A named state of a board, for all members: what its address says behind the question mark."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("uq_saved_views_name", "workspace_id", "name_key", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MOST_CHARACTERS))
    # The name without its case. Some letters become three.
    name_key: Mapped[str] = mapped_column(String(3 * MOST_CHARACTERS))
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("saved_view", self.id, self.name, self.workspace_id)
