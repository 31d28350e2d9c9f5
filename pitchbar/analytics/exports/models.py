from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Export(Model):
    """A file that is too large to be sent at once: made by a job, part by part, kept for a week.
    `place` is where its last part ended, so that a job that was cut off goes on there.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # Who asked for it, and is told.
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    # A name of `exports/contents.py`; None: scans, as all were once.
    content: Mapped[str | None] = mapped_column(String(32))
    # "csv", "json" or "parquet".
    kind: Mapped[str] = mapped_column(String(16))
    # The state of the board, as its address has it, with its range as days.
    query: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    # About how many rows it will have, and how many it has.
    expected: Mapped[int] = mapped_column(BigId, default=0)
    rows: Mapped[int] = mapped_column(BigId, default=0)
    parts: Mapped[int] = mapped_column(BigId, default=0)
    place: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int] = mapped_column(BigId, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def key(self) -> str:
        """Of the file in the storage; its parts stand beside it."""
        return f"exports/{self.workspace_id}/{self.id}.{self.kind}"

    @property
    def progress(self) -> int:
        """Percent, at most 99 until it is done."""
        return min(99, 100 * self.rows // self.expected) if self.expected else 0

    @property
    def subject(self) -> Subject:
        what = (self.content or "scans").capitalize()
        return Subject("export", self.id, f"{what} as {self.kind}", self.workspace_id)
