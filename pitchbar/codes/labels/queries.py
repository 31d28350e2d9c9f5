from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select

from pitchbar.codes.labels.errors import LabelNotFound
from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.labels.names import key_of
from pitchbar.codes.models import Code
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class CountedLabel:
    """`codes` is how many carry it; archived ones count, deleted ones do not."""

    label: Label
    codes: int


def get_label(workspace: Workspace, label_id: int) -> Label:
    """Raises LabelNotFound."""
    label = find_label(workspace, label_id)
    if label is None:
        raise LabelNotFound
    return label


def find_label(workspace: Workspace, label_id: int) -> Label | None:
    if not 0 < label_id <= MAX_ID:
        return None
    return db.session.scalar(_labels_of(workspace).where(Label.id == label_id))


def find_label_by_name(workspace: Workspace, name: str) -> Label | None:
    """Whatever its case."""
    return db.session.scalar(_labels_of(workspace).where(Label.name_key == key_of(name)))


def list_labels(workspace: Workspace) -> list[Label]:
    """All of them, by name: a workspace has 200 at most."""
    return list(db.session.scalars(_labels_of(workspace).order_by(Label.name_key)))


def list_counted_labels(workspace: Workspace, *, search: str, number: int) -> Page[CountedLabel]:
    """By name."""
    query = _labels_of(workspace).order_by(Label.name_key)
    if search:
        query = query.where(Label.name_key.contains(key_of(search), autoescape=True))
    page = paginate(db.session, query, number)
    counts = count_codes_of(workspace, [label.id for label in page.items])
    items = [CountedLabel(label, counts.get(label.id, 0)) for label in page.items]
    return Page(items, page.number, page.per_page, page.total)


def list_labels_after(workspace: Workspace, after_id: int | None, count: int) -> list[Label]:
    """A keyset page for programs: oldest first."""
    query = _labels_of(workspace).order_by(Label.id).limit(count)
    if after_id is not None:
        query = query.where(Label.id > after_id)
    return list(db.session.scalars(query))


def count_labels(workspace: Workspace) -> int:
    of_workspace = Label.workspace_id == workspace.id
    return db.session.scalar(select(func.count()).where(of_workspace)) or 0


def count_codes_of(workspace: Workspace, label_ids: Collection[int]) -> Mapping[int, int]:
    """How many codes carry each; a label on none is left out."""
    carried = (CodeLabel.workspace_id == workspace.id, CodeLabel.label_id.in_(label_ids))
    rows = db.session.execute(
        select(CodeLabel.label_id, func.count().label("codes"))
        .join(Code, and_(Code.id == CodeLabel.code_id, Code.deleted_at.is_(None)))
        .where(*carried)
        .group_by(CodeLabel.label_id)
    )
    return {row.label_id: row.codes for row in rows}


def labels_by_code(code_ids: Sequence[int]) -> Mapping[int, list[Label]]:
    """The labels of each code, by name."""
    rows = db.session.execute(
        select(CodeLabel.code_id, Label)
        .join(Label, Label.id == CodeLabel.label_id)
        .where(CodeLabel.code_id.in_(code_ids))
        .order_by(Label.name_key)
    )
    found: defaultdict[int, list[Label]] = defaultdict(list)
    for code_id, label in rows:
        found[code_id].append(label)
    return found


def labels_of(code: Code) -> list[Label]:
    return labels_by_code([code.id]).get(code.id, [])


def _labels_of(workspace: Workspace) -> Select[Label]:
    return select(Label).where(Label.workspace_id == workspace.id)
