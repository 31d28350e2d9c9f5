from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

WAITING, DONE, FAILED = "waiting", "done", "failed"


class PrintSheet(Model):
    """A PDF of codes, made by a job and kept for a week. `options` are `SheetOptions`; `code_ids`
    the codes in their order.
    """

    __tablename__ = "print_sheets"
    __table_args__ = (Index("ix_print_sheets_of_workspace", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    code_ids: Mapped[list[int]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    # What kept it from being made, or is to be known of what was made, for a person.
    problem: Mapped[str] = mapped_column(String(300), default="")
    # How many codes were looked at before the pages are drawn; the scan check takes its time.
    checked: Mapped[int] = mapped_column(default=0, server_default="0")
    pages: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BigId, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def key(self) -> str:
        return f"sheets/{self.workspace_id}/{self.id}.pdf"

    @property
    def subject(self) -> Subject:
        return Subject("print_sheet", self.id, f"{len(self.code_ids)} codes", self.workspace_id)
