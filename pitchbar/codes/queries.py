from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select

from pitchbar.accounts.models import Person
from pitchbar.codes.errors import CodeNotFound, DestinationNotFound
from pitchbar.codes.filtering import CodeFilter
from pitchbar.codes.models import ACTIVE, Code, CodeDestination
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

EVERY_CODE = CodeFilter()


def get_code(workspace: Workspace, code_id: int) -> Code:
    """Raises CodeNotFound for a code that is deleted or another workspace's."""
    if code_id > MAX_ID:
        raise CodeNotFound
    code = db.session.scalar(_codes_of(workspace).where(Code.id == code_id))
    if code is None:
        raise CodeNotFound
    return code


def find_code_by_short_code(short_code: str) -> Code | None:
    """Of any workspace, deleted or not: a short code is given out once."""
    return db.session.scalar(select(Code).where(Code.short_code == short_code))


def list_codes(
    workspace: Workspace,
    *,
    which: CodeFilter,
    number: int,
    ranks: Sequence[ColumnElement[Any]],
) -> Page[Code]:
    """`ranks` are what the list is ordered by."""
    return paginate(db.session, which.apply(_codes_of(workspace)).order_by(*ranks), number)


def list_chosen_codes(
    workspace: Workspace, code_ids: Sequence[int], *, is_held: bool = False
) -> list[Code]:
    """Those of the ids that are codes of the workspace, the oldest first. `is_held`: as they are
    now, and nobody else changes them until the commit.
    """
    chosen = _codes_of(workspace).where(Code.id.in_(code_ids)).order_by(Code.id)
    if is_held:
        held = chosen.with_for_update(of=Code).execution_options(populate_existing=True)
        return list(db.session.scalars(held))
    return list(db.session.scalars(chosen))


def list_matching_ids(workspace: Workspace, which: CodeFilter, count: int) -> list[int]:
    """The first so many, oldest first."""
    query = which.apply(_codes_of(workspace)).with_only_columns(Code.id)
    return list(db.session.scalars(query.order_by(Code.id).limit(count)))


def list_campaigns(workspace: Workspace, count: int = 100) -> list[str]:
    """Those that codes have, the most frequent first."""
    query = _codes_of(workspace).with_only_columns(Code.campaign).where(Code.campaign != "")
    often = query.group_by(Code.campaign).order_by(func.count().desc(), Code.campaign)
    return list(db.session.scalars(often.limit(count)))


def list_codes_before(
    workspace: Workspace,
    *,
    before_id: int | None,
    count: int,
    which: CodeFilter = EVERY_CODE,
) -> list[Code]:
    """A keyset page for programs: newest first, older than `before_id`."""
    query = which.apply(_codes_of(workspace)).order_by(Code.id.desc()).limit(count)
    if before_id is not None:
        query = query.where(Code.id < before_id)
    return list(db.session.scalars(query))


def list_code_names(workspace: Workspace, count: int = 1_000) -> list[tuple[int, str]]:
    """Id and name of the newest, for a choice; by name."""
    query = _codes_of(workspace).with_only_columns(Code.id, Code.name)
    rows = db.session.execute(query.order_by(Code.id.desc()).limit(count))
    return sorted(((row.id, row.name) for row in rows), key=lambda row: row[1].casefold())


def count_active_codes(workspace: Workspace) -> int:
    return count_active_codes_of([workspace.id]).get(workspace.id, 0)


def count_active_codes_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """By workspace."""
    query = select(Code.workspace_id, func.count()).where(
        Code.workspace_id.in_(workspace_ids), Code.status == ACTIVE, Code.deleted_at.is_(None)
    )
    rows = db.session.execute(query.group_by(Code.workspace_id))
    return {row[0]: row[1] for row in rows}


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
    present = func.coalesce(Code.domain_short_code, Code.short_code)
    rows = db.session.execute(
        select(Code.id, Code.name, present, Code.deleted_at.is_not(None)).where(
            Code.workspace_id == workspace.id, Code.id.in_(code_ids)
        )
    )
    names = {code_id: CodeName(name, short, bool(gone)) for code_id, name, short, gone in rows}
    return defaultdict(lambda: CodeName("A code of before", "", True), names)


@dataclass(frozen=True)
class DestinationChange:
    """A moment from which on a code led elsewhere."""

    at: datetime
    old_url: str
    new_url: str


def list_destination_changes(
    workspace: Workspace, code_id: int, since: datetime
) -> list[DestinationChange]:
    """The changes after that moment, oldest first."""
    spans = db.session.scalars(
        _destinations_of(code_id).where(
            CodeDestination.workspace_id == workspace.id,
            or_(CodeDestination.until_at.is_(None), CodeDestination.until_at >= since),
        )
    ).all()
    return [
        DestinationChange(new.since_at, old.destination_url, new.destination_url)
        for old, new in pairwise(spans)
        if new.since_at
    ]


@dataclass(frozen=True)
class EarlierDestination:
    """Where a code led until some time ago; `changed_by` is who then led it elsewhere, or empty
    where that is unknown, as for an account that is gone.
    """

    id: int
    destination_url: str
    until_at: datetime
    changed_by: str


def list_earlier_destinations(code: Code, count: int = 20) -> list[EarlierDestination]:
    """The latest first."""
    query = _destinations_of(code.id).order_by(None).order_by(CodeDestination.id.desc())
    spans = db.session.scalars(query.limit(count + 1)).all()
    names = _names_of_people(spans)
    return [
        EarlierDestination(
            old.id,
            old.destination_url,
            old.until_at,
            new.set_by_program or names.get(new.set_by_id or 0, ""),
        )
        for new, old in pairwise(spans)
        if old.until_at and old.destination_url != new.destination_url
    ]


def get_code_destination(code: Code, destination_id: int) -> CodeDestination:
    """Raises DestinationNotFound for one of another code."""
    if destination_id > MAX_ID:
        raise DestinationNotFound
    found = db.session.scalar(_destinations_of(code.id).where(CodeDestination.id == destination_id))
    if found is None:
        raise DestinationNotFound
    return found


def _destinations_of(code_id: int) -> Select[CodeDestination]:
    spans = select(CodeDestination).where(CodeDestination.code_id == code_id)
    return spans.order_by(CodeDestination.id)


def _names_of_people(spans: Sequence[CodeDestination]) -> dict[int, str]:
    ids = {span.set_by_id for span in spans if span.set_by_id}
    return {
        row.id: row.name
        for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    }


def _codes_of(workspace: Workspace) -> Select[Code]:
    return select(Code).where(Code.workspace_id == workspace.id, Code.deleted_at.is_(None))
