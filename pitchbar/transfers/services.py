"""Imports, as people and programs steer them; the work itself is a job's (`working.py`)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person
from pitchbar.codes.addressing import find_usable_domain
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.jobs import Task, enqueue
from pitchbar.transfers.errors import ImportNotReady, InvalidMapping, TooManyImports
from pitchbar.transfers.models import (
    CHECK,
    CHECKED,
    DONE,
    DRAFT,
    FAILED,
    IMPORT,
    UNDER_WAY,
    UNDO,
    WAITING,
    CodeImport,
    ImportedCode,
)
from pitchbar.transfers.queries import count_open
from pitchbar.transfers.reading.fields import BY_NAME, NEEDED
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import ReceivedTable, drop_file, store_table
from pitchbar.transfers.telling import tell
from pitchbar.workspaces.models import Workspace

UNDONE_WITHIN = timedelta(hours=24)
# A file that nobody went on with.
DRAFTS_KEPT = timedelta(hours=24)
MOST_OPEN = 20
# The job, named by `tasks.py`, which stands above.
jobs: dict[str, Task] = {}


def begin_import(workspace: Workspace, by: Actor, table: ReceivedTable) -> CodeImport:
    """Keeps the file; nothing of the codes changes. Raises TooManyImports."""
    if count_open(workspace) >= MOST_OPEN:
        raise TooManyImports(MOST_OPEN)
    is_person = by.kind == "person"
    an_import = CodeImport(
        workspace_id=workspace.id,
        made_by_id=by.id if is_person else None,
        made_by_program="" if is_person else by.name[:254],
        file_name=table.name,
        file_key=store_table(workspace.id, table.data),
        size=len(table.data),
        origin=table.origin,
        columns=table.columns,
        first_rows=table.first_rows,
        mapping=dict(table.mapping),
        rows=table.rows,
    )
    db.session.add(an_import)
    db.session.flush()
    return an_import


def check_mapping(an_import: CodeImport, mapping: Mapping[str, int]) -> dict[str, int]:
    """As it is kept. Raises InvalidMapping."""
    count = len(an_import.columns)
    for name, place in mapping.items():
        if name not in BY_NAME:
            raise InvalidMapping("mapping", f"{name[:50]} is no field of a code.")
        if not 0 <= place < count:
            raise InvalidMapping(name, "There is no such column.")
    if NEEDED not in mapping:
        raise InvalidMapping(NEEDED, "Choose the column that says where each code leads.")
    return dict(mapping)


def look_through(
    workspace: Workspace,
    an_import: CodeImport,
    mapping: Mapping[str, int],
    options: Options,
    *,
    goal: str = CHECK,
) -> None:
    """Has the file looked through with these choices; with `IMPORT` as goal, and brought in where
    it is good.

    Raises:
        InvalidMapping, UnusableDomain, ImportNotReady
    """
    _require(an_import, DRAFT, CHECKED, FAILED)
    an_import.mapping = check_mapping(an_import, mapping)
    domain = find_usable_domain(workspace, options.domain)
    an_import.options = {**options.kept(), "domain": domain.host if domain else ""}
    _call(an_import, goal)


def bring_in(an_import: CodeImport, by: Actor) -> None:
    """Has it done as the preview showed it. Raises ImportNotReady."""
    if not an_import.can_run:
        raise ImportNotReady("This import cannot be started as it is.")
    record_begin(an_import, by)
    _call(an_import, IMPORT)


def record_begin(an_import: CodeImport, by: Actor) -> None:
    after = {"file": an_import.file_name, "rows": an_import.rows}
    record_event("codes.import_begun", an_import, by=by, after=after)


def undo_import(an_import: CodeImport, by: Actor) -> None:
    """Takes back what nobody has changed or scanned since. Raises ImportNotReady."""
    if not can_undo(an_import, clock.now()):
        raise ImportNotReady("This import can no longer be undone.")
    record_event("codes.import_undone", an_import, by=by, after={"created": an_import.created})
    _call(an_import, UNDO)


def can_undo(an_import: CodeImport, now: datetime) -> bool:
    ended_at = an_import.ended_at
    return an_import.state == DONE and ended_at is not None and now - ended_at < UNDONE_WITHIN


def discard_import(an_import: CodeImport) -> None:
    """Of one that brought nothing in. Raises ImportNotReady."""
    _require(an_import, DRAFT, CHECKED, FAILED)
    drop_file(an_import)
    db.session.delete(an_import)


def actor_of(an_import: CodeImport) -> Actor:
    """Who asked for it, as its codes and the audit log name them."""
    person = db.session.get(Person, an_import.made_by_id) if an_import.made_by_id else None
    if person is not None:
        return Actor("person", person.id, person.name)
    return Actor("token", None, an_import.made_by_program or "Import")


def tend_imports(now: datetime) -> None:
    """Forgets files that nobody went on with, and which codes can no longer be taken back."""
    old = CodeImport.created_at < now - DRAFTS_KEPT
    drafts = select(CodeImport).where(CodeImport.state.in_((DRAFT, CHECKED, FAILED)), old)
    for an_import in db.session.scalars(drafts.limit(500)).all():
        discard_import(an_import)
    over = select(CodeImport.id).where(
        CodeImport.state == DONE, CodeImport.ended_at < now - UNDONE_WITHIN
    )
    db.session.execute(delete(ImportedCode).where(ImportedCode.import_id.in_(over)))


def _require(an_import: CodeImport, *states: str) -> None:
    if an_import.state not in states:
        words = "It is being worked on." if an_import.state in UNDER_WAY else "It is over."
        raise ImportNotReady(f"This import cannot be changed any more. {words}")


def _call(an_import: CodeImport, goal: str) -> None:
    an_import.goal, an_import.state = goal, WAITING
    an_import.checked, an_import.problem = 0, ""
    db.session.flush()
    enqueue(jobs["work"], an_import.id)
    tell(an_import)
