from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# What is to be done with the file: looked through, brought in, or taken back out.
CHECK, IMPORT, UNDO = "check", "import", "undo"
DRAFT, WAITING, RUNNING, CHECKED, DONE, FAILED, UNDONE = (
    "draft",
    "waiting",
    "running",
    "checked",
    "done",
    "failed",
    "undone",
)
UNDER_WAY = (WAITING, RUNNING)


class CodeImport(Model):
    """A file of codes on its way in. Its codes are all there once it is done, and none before.

    `mapping` names for each of our fields the number of its column, from 0. `options` are those of
    `reading.plans.Options`. `sample` holds the first rows as codes will be. `problem` is what
    stands against the file as a whole, as a sentence; `error_count` says how many cells are wrong.
    """

    __tablename__ = "code_imports"
    __table_args__ = (
        Index("ix_code_imports_of_workspace", "workspace_id", "id"),
        Index("ix_code_imports_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # A person by their account, which may go; a program by the name it had.
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    made_by_program: Mapped[str] = mapped_column(String(254), default="")
    file_name: Mapped[str] = mapped_column(String(255))
    # Of the file in the storage; empty once it is deleted.
    file_key: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int] = mapped_column(BigId, default=0)
    # Which service wrote it, as far as its columns tell; a key of `reading.recognition.KNOWN`.
    origin: Mapped[str] = mapped_column(String(32), default="")
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The first of its rows, as they stand there: what the page of the columns shows beside each.
    first_rows: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    goal: Mapped[str] = mapped_column(String(16), default=CHECK)
    state: Mapped[str] = mapped_column(String(16), default=DRAFT)
    rows: Mapped[int] = mapped_column(default=0)
    # How many rows were looked at, of the run that is under way or was the last.
    checked: Mapped[int] = mapped_column(default=0)
    to_create: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    sample: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def progress(self) -> int:
        """Percent, at most 99 until the run is over."""
        return min(99, 100 * self.checked // self.rows) if self.rows else 0

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def can_run(self) -> bool:
        """Whether a look through the file found it good."""
        return bool(
            self.state == CHECKED
            and self.to_create
            and not self.error_count
            and not self.problem
            and self.file_key
        )

    @property
    def subject(self) -> Subject:
        return Subject("import", self.id, self.file_name, self.workspace_id)


class CodeImportError(Model):
    """What is wrong with one cell; `row_number` counts as a spreadsheet does: the head is 1."""

    __tablename__ = "code_import_errors"
    __table_args__ = (Index("ix_code_import_errors_of_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("code_imports.id", ondelete="CASCADE"))
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    row_number: Mapped[int] = mapped_column()
    column_name: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)


class ImportedCode(Model):
    """Which codes an import made, as long as it can be undone."""

    __tablename__ = "imported_codes"
    __table_args__ = (Index("ix_imported_codes_code_id", "code_id"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("code_imports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code_id: Mapped[int] = mapped_column(
        ForeignKey("codes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
