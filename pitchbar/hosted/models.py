from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# What it answers from: text that was pasted, one page, or a site.
TEXT, URL, SITE = "text", "url", "site"


class TalkingCode(Model):
    """A code that talks while it is being made: what was typed, and what there is of it so far. It
    can be left and taken up again.
    """

    __tablename__ = "talking_codes"
    __table_args__ = (Index("ix_talking_codes_workspace_id", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # A person; without a foreign key, as it stays when they leave.
    made_by: Mapped[int | None] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(80))
    # "text", "url" or "site".
    kind: Mapped[str] = mapped_column(String(16), default=TEXT)
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2048), default="")
    # Without foreign keys: each may be deleted by itself.
    source_id: Mapped[int | None] = mapped_column(BigId)
    agent_id: Mapped[int | None] = mapped_column(BigId)
    code_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("talking code", self.id, self.name, self.workspace_id)
