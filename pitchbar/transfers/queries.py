from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.transfers.errors import ImportNotFound
from pitchbar.transfers.models import (
    CHECKED,
    DRAFT,
    UNDER_WAY,
    CodeImport,
    CodeImportError,
)
from pitchbar.workspaces.models import Workspace

_AT_ONCE = 1_000


def get_import(workspace: Workspace, import_id: int, *, is_held: bool = False) -> CodeImport:
    """`is_held`: nobody else changes it until the commit. Raises ImportNotFound."""
    own = (CodeImport.workspace_id == workspace.id, CodeImport.id == min(import_id, MAX_ID))
    query = select(CodeImport).where(*own)
    if is_held:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise ImportNotFound
    return found


def list_imports(workspace: Workspace, before_id: int | None, count: int) -> list[CodeImport]:
    """A keyset page: newest first."""
    query = select(CodeImport).where(CodeImport.workspace_id == workspace.id)
    if before_id:
        query = query.where(CodeImport.id < before_id)
    return list(db.session.scalars(query.order_by(CodeImport.id.desc()).limit(count)))


def count_open(workspace: Workspace) -> int:
    """Those that hold a file and wait for somebody, or for a worker."""
    is_open = CodeImport.state.in_((DRAFT, CHECKED, *UNDER_WAY))
    query = select(func.count()).where(CodeImport.workspace_id == workspace.id, is_open)
    return db.session.scalar(query) or 0


def list_errors(an_import: CodeImport, after_id: int, count: int) -> Sequence[CodeImportError]:
    """A keyset page, in the order of the rows."""
    query = select(CodeImportError).where(
        CodeImportError.import_id == an_import.id, CodeImportError.id > after_id
    )
    return db.session.scalars(query.order_by(CodeImportError.id).limit(count)).all()


def each_error(an_import: CodeImport) -> Iterator[CodeImportError]:
    """All that are kept."""
    after = 0
    while found := list_errors(an_import, after, _AT_ONCE):
        yield from found
        after = found[-1].id
