from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# The first is what a label has that was made by being typed.
COLOURS = ("grey", "green", "blue", "violet", "pink", "red", "amber", "brown")


class Label(Model):
    """A word that people put on codes to find them together."""

    __tablename__ = "labels"
    __table_args__ = (Index("uq_labels_name", "workspace_id", "name_key", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(50))
    # The name without its case: two that differ in nothing else are one. Some letters become two.
    name_key: Mapped[str] = mapped_column(String(200))
    colour: Mapped[str] = mapped_column(String(16), default=COLOURS[0])
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("label", self.id, self.name, self.workspace_id)


class CodeLabel(Model):
    __tablename__ = "code_labels"
    __table_args__ = (Index("ix_code_labels_of_label", "workspace_id", "label_id", "code_id"),)

    code_id: Mapped[int] = mapped_column(
        ForeignKey("codes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    label_id: Mapped[int] = mapped_column(
        ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
