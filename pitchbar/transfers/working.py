"""The work of an import. Looking through a file writes nothing but how far it is; all codes then
come in one transaction with the state that says so, so that a worker that dies leaves nothing, and
the next one begins anew.
"""

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from pitchbar.codes.addressing import find_usable_domain
from pitchbar.core import clock
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.settings import Settings
from pitchbar.transfers.checking import find_problem, plan_import
from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.models import (
    CHECKED,
    DONE,
    FAILED,
    IMPORT,
    RUNNING,
    UNDER_WAY,
    UNDO,
    CodeImport,
    CodeImportError,
)
from pitchbar.transfers.reading.plans import SAMPLE, ImportPlan, Options
from pitchbar.transfers.receiving import drop_file, load_table, open_table
from pitchbar.transfers.services import actor_of
from pitchbar.transfers.telling import tell
from pitchbar.transfers.undoing import take_back
from pitchbar.transfers.writing import choose_addresses, write_codes
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

# Somebody may take one of the short codes between the look and the writing.
_TRIES = 3
_GONE = "The file is gone. Choose it again."


def work_on(import_id: int, settings: Settings) -> None:
    """Does what the import waits for; a repeat of what is done does nothing. This is an entry
    point: it commits.
    """
    an_import = db.session.get(CodeImport, import_id)
    if an_import is None or an_import.state not in UNDER_WAY:
        return
    an_import.state = RUNNING
    db.session.commit()
    if an_import.goal == UNDO:
        _undo(import_id)
        return
    for _ in range(_TRIES):
        plan = _look_through(import_id, settings)
        if an_import.goal != IMPORT or not plan.is_good:
            _keep(import_id, plan)
            return
        try:
            _bring_in(import_id, plan)
        except IntegrityError:
            db.session.rollback()
            continue
        return
    fail(import_id, "Short codes of this file were taken again and again meanwhile. Try once more.")


def fail(import_id: int, sentence: str) -> None:
    """Commits."""
    an_import = db.session.get(CodeImport, import_id)
    if an_import is None or an_import.state not in UNDER_WAY:
        return
    # What could not be taken back is still there.
    an_import.state = DONE if an_import.goal == UNDO else FAILED
    an_import.problem = sentence
    tell(an_import)
    db.session.commit()


def _look_through(import_id: int, settings: Settings) -> ImportPlan:
    an_import = db.session.get_one(CodeImport, import_id)
    workspace = db.session.get_one(Workspace, an_import.workspace_id)
    an_import.checked = 0

    def progress(count: int) -> None:
        check_deadline()
        an_import.checked = count
        tell(an_import)
        db.session.commit()

    try:
        table = open_table(load_table(an_import), settings)
    except UnreadableTable as error:
        return ImportPlan(problem=error.message)
    except FileNotFoundError:
        return ImportPlan(problem=_GONE)
    return plan_import(workspace, an_import, table, settings, progress)


def _keep(import_id: int, plan: ImportPlan) -> None:
    """What a look through the file found."""
    an_import = db.session.get_one(CodeImport, import_id)
    db.session.execute(delete(CodeImportError).where(CodeImportError.import_id == import_id))
    own = {"import_id": import_id, "workspace_id": an_import.workspace_id}
    wrong = [
        {**own, "row_number": one.row, "column_name": one.column[:200], "message": one.message}
        for one in plan.errors
    ]
    if wrong:
        db.session.execute(insert(CodeImportError), wrong)
    an_import.state = CHECKED
    _count(an_import, plan)
    tell(an_import)
    db.session.commit()


def _count(an_import: CodeImport, plan: ImportPlan) -> None:
    an_import.to_create, an_import.skipped = len(plan.codes), plan.skipped
    an_import.error_count, an_import.problem = plan.error_count, plan.problem
    an_import.checked = plan.rows
    an_import.sample = [one.shown() for one in plan.codes[:SAMPLE]]


def _bring_in(import_id: int, plan: ImportPlan) -> None:
    """Raises IntegrityError, and then nothing is written."""
    an_import = db.session.get_one(CodeImport, import_id)
    workspace = db.session.get_one(Workspace, an_import.workspace_id)
    on = Options.read(an_import.options).domain
    addresses = choose_addresses(plan.codes, find_usable_domain(workspace, on))
    lock_workspace(workspace.id)
    # Another worker may have been quicker, where this one was taken for dead.
    db.session.refresh(an_import, with_for_update=True)
    if an_import.state not in UNDER_WAY:
        db.session.rollback()
        return
    # Once more, as nobody else takes a place now.
    plan.problem = find_problem(workspace, plan)
    if plan.problem:
        db.session.rollback()
        _keep(import_id, plan)
        return
    by = actor_of(an_import)
    domain = find_usable_domain(workspace, on)
    write_codes(workspace, an_import, plan.codes, addresses, domain, by)
    _count(an_import, plan)
    an_import.state, an_import.ended_at = DONE, clock.now()
    an_import.created = len(plan.codes)
    after = {"created": an_import.created, "skipped": plan.skipped, "file": an_import.file_name}
    record_event("codes.imported", an_import, by=by, after=after)
    key = an_import.file_key
    tell(an_import)
    db.session.commit()
    if key:
        drop_file(an_import)
        db.session.commit()


def _undo(import_id: int) -> None:
    an_import = db.session.get_one(CodeImport, import_id)
    lock_workspace(an_import.workspace_id)
    db.session.refresh(an_import, with_for_update=True)
    if an_import.state in UNDER_WAY:
        take_back(an_import)
        tell(an_import)
    db.session.commit()
