from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from pitchbar.codes.errors import CodeNotFound
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def get_code(workspace: Workspace, code_id: int) -> Code:
    """Raises CodeNotFound for a code that is deleted or another workspace's."""
    if code_id > MAX_ID:
        raise CodeNotFound
    code = db.session.scalar(_codes_of(workspace).where(Code.id == code_id))
    if code is None:
        raise CodeNotFound
    return code


def list_codes(workspace: Workspace, *, search: str, status: str, number: int) -> Page[Code]:
    """Newest first. `status` is "active", "archived" or "all"; `search` looks in the name, the
    short code and the destination.
    """
    return paginate(db.session, _filtered(workspace, search, status), number)


def list_codes_before(
    workspace: Workspace,
    *,
    before_id: int | None,
    count: int,
    search: str = "",
    status: str = "all",
) -> list[Code]:
    """A keyset page for programs: newest first, older than `before_id`."""
    query = _filtered(workspace, search, status).limit(count)
    if before_id is not None:
        query = query.where(Code.id < before_id)
    return list(db.session.scalars(query))


def count_active_codes(workspace: Workspace) -> int:
    active = _codes_of(workspace).where(Code.status == ACTIVE)
    return db.session.scalar(active.with_only_columns(func.count())) or 0


def has_codes(workspace: Workspace) -> bool:
    return db.session.scalar(_codes_of(workspace).with_only_columns(Code.id).limit(1)) is not None


def find_first_code(workspace: Workspace) -> Code | None:
    """The oldest one that is in use."""
    active = _codes_of(workspace).where(Code.status == ACTIVE)
    return db.session.scalar(active.order_by(Code.id).limit(1))


class CodeName(NamedTuple):
    """What is told of a code where others are; a deleted one has no page."""

    name: str
    short_code: str
    is_deleted: bool


def names_of(workspace: Workspace, code_ids: set[int]) -> defaultdict[int, CodeName]:
    """By id. Deleted codes included, since their scans still tell of them."""
    rows = db.session.execute(
        select(Code.id, Code.name, Code.short_code, Code.deleted_at.is_not(None)).where(
            Code.workspace_id == workspace.id, Code.id.in_(code_ids)
        )
    )
    names = {code_id: CodeName(name, short, bool(gone)) for code_id, name, short, gone in rows}
    return defaultdict(lambda: CodeName("A code of before", "", True), names)


def _filtered(workspace: Workspace, search: str, status: str) -> Select[Code]:
    query = _codes_of(workspace).order_by(Code.id.desc())
    if status != "all":
        query = query.where(Code.status == status)
    if search:
        columns = (Code.name, Code.short_code, Code.destination_url)
        query = query.where(or_(*(c.icontains(search, autoescape=True) for c in columns)))
    return query


def _codes_of(workspace: Workspace) -> Select[Code]:
    return select(Code).where(Code.workspace_id == workspace.id, Code.deleted_at.is_(None))
