"""An import taken back. What somebody has edited or scanned since stays: it may be in print.

The rows stay as those of deleted codes do, so that whatever names them by id means nobody else. But
their short codes are free again: nobody has ever scanned one, and the same file shall go in once
more with other choices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from pitchbar.codes.labels.models import CodeLabel
from pitchbar.codes.models import Code, CodeAddress
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.scans.models import ScanDay
from pitchbar.studio.models import ScanCheck
from pitchbar.transfers.models import UNDONE, CodeImport, ImportedCode


@dataclass(frozen=True)
class UndoPlan:
    """How many of its codes go, and how many stay for which reason; `deleted` are gone already."""

    removed: int
    scanned: int
    edited: int
    deleted: int

    @property
    def kept(self) -> int:
        return self.scanned + self.edited


def plan_undo(an_import: CodeImport) -> UndoPlan:
    state = case(
        (Code.deleted_at.is_not(None), "deleted"),
        (_is_scanned(), "scanned"),
        (_is_edited(), "edited"),
        else_="removed",
    )
    counted = select(state, func.count()).join(ImportedCode, ImportedCode.code_id == Code.id)
    rows = db.session.execute(counted.where(ImportedCode.import_id == an_import.id).group_by(state))
    found = {row[0]: row[1] for row in rows}
    return UndoPlan(*(found.get(name, 0) for name in ("removed", "scanned", "edited", "deleted")))


def list_kept(an_import: CodeImport, after_id: int, count: int) -> Sequence[tuple[Code, bool]]:
    """A keyset page of the codes that stay, each with whether it was scanned."""
    kept = (Code.deleted_at.is_(None), or_(_is_scanned(), _is_edited()), Code.id > after_id)
    query = select(Code, _is_scanned()).join(ImportedCode, ImportedCode.code_id == Code.id)
    query = query.where(ImportedCode.import_id == an_import.id, *kept)
    rows = db.session.execute(query.order_by(Code.id).limit(count))
    return [(row[0], bool(row[1])) for row in rows]


def take_back(an_import: CodeImport) -> None:
    """Within the caller's transaction, under the lock of the workspace."""
    mine = select(ImportedCode.code_id).where(ImportedCode.import_id == an_import.id)
    going = and_(Code.id.in_(mine), Code.deleted_at.is_(None), ~_is_scanned(), ~_is_edited())
    # No address that somebody can ask for has this sign in it.
    freed: dict[str, Any] = {"short_code": literal("~") + cast(Code.id, String)}
    freed |= {"domain_id": None, "domain_short_code": None, "design": null()}
    freed |= {"deleted_at": clock.now(), "updated_at": Code.updated_at}
    statement = update(Code).where(going).values(freed)
    an_import.removed = changed_rows(
        db.session, statement.execution_options(synchronize_session=False)
    )
    gone = select(Code.id).where(Code.id.in_(mine), Code.short_code.like("~%"))
    for model in (CodeAddress, CodeLabel, ScanCheck):
        lost = delete(model).where(model.code_id.in_(gone))
        db.session.execute(lost.execution_options(synchronize_session=False))
    an_import.state = UNDONE
    db.session.flush()
    db.session.expire_all()


def _is_scanned() -> ColumnElement[bool]:
    return exists().where(ScanDay.workspace_id == Code.workspace_id, ScanDay.code_id == Code.id)


def _is_edited() -> ColumnElement[bool]:
    return Code.updated_at != Code.created_at
