from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from pitchbar.codes.labels.errors import (
    InvalidLabelName,
    InvalidMerge,
    LabelTaken,
    TooManyLabels,
)
from pitchbar.codes.labels.models import COLOURS, CodeLabel, Label
from pitchbar.codes.labels.names import check_names, find_mistake, key_of
from pitchbar.codes.labels.queries import (
    count_codes_of,
    count_labels,
    find_label_by_name,
    labels_of,
)
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

MOST_OF_A_WORKSPACE = 200


def create_label(workspace: Workspace, by: Actor, *, name: str, colour: str = COLOURS[0]) -> Label:
    """Raises InvalidLabelName, LabelTaken, TooManyLabels."""
    plain = _clean_name(name)
    lock_workspace(workspace.id)
    if holder := find_label_by_name(workspace, plain):
        raise LabelTaken(holder.name)
    _require_room(workspace, 1, "name")
    return _add(workspace, plain, colour, by)


def _require_room(workspace: Workspace, more: int, field: str) -> None:
    """Whoever asks has locked the workspace."""
    if count_labels(workspace) + more > MOST_OF_A_WORKSPACE:
        raise TooManyLabels(MOST_OF_A_WORKSPACE, field)


def _add(workspace: Workspace, plain: str, colour: str, by: Actor) -> Label:
    label = Label(workspace_id=workspace.id, name=plain, name_key=key_of(plain), colour=colour)
    db.session.add(label)
    db.session.flush()
    record_event("label.created", label, by=by, after=_snapshot(label))
    return label


def update_label(
    workspace: Workspace, label: Label, by: Actor, *, name: str | None = None, colour: str = ""
) -> None:
    """Codes keep it, under its new name. What is left out stays.

    Raises:
        InvalidLabelName, LabelTaken
    """
    before = _snapshot(label)
    if name is not None:
        _rename(workspace, label, name)
    label.colour = colour or label.colour
    db.session.flush()
    if _snapshot(label) != before:
        record_event("label.updated", label, by=by, before=before, after=_snapshot(label))


def merge_labels(workspace: Workspace, label: Label, into: Label, by: Actor) -> int:
    """Every code that carries `label` carries `into` from now on, and `label` is gone.

    Returns:
        how many codes that were.

    Raises:
        InvalidMerge: of a label into itself.
    """
    if label.id == into.id:
        raise InvalidMerge
    lock_workspace(workspace.id)
    count = count_codes_of(workspace, [label.id]).get(label.id, 0)
    own = (CodeLabel.workspace_id == workspace.id, CodeLabel.label_id == label.id)
    code_ids = db.session.scalars(select(CodeLabel.code_id).where(*own)).all()
    _add_rows(workspace.id, [(code_id, into.id) for code_id in code_ids])
    after = {"merged_into": into.name, "codes": count}
    record_event("label.merged", label, by=by, before={"name": label.name}, after=after)
    _remove(label)
    return count


def delete_label(workspace: Workspace, label: Label, by: Actor) -> int:
    """Takes it off every code, and returns how many carried it."""
    count = count_codes_of(workspace, [label.id]).get(label.id, 0)
    before = {**_snapshot(label), "codes": count}
    record_event("label.deleted", label, by=by, before=before)
    _remove(label)
    return count


def ensure_labels(workspace: Workspace, names: Sequence[str], by: Actor) -> list[Label]:
    """The labels of these names, in their order; those that are missing are made.

    Raises:
        InvalidLabels, TooManyLabels
    """
    checked = check_names(names)
    if len(_find_by_key(workspace, checked)) < len(checked):
        # Two people may make one label at once: they take turns, so that neither is refused.
        lock_workspace(workspace.id)
    found = _find_by_key(workspace, checked, is_held=True)
    missing = [name for name in checked if key_of(name) not in found]
    if missing:
        lock_workspace(workspace.id)
        _require_room(workspace, len(missing), "labels")
    for name in missing:
        found[key_of(name)] = _add(workspace, name, COLOURS[0], by)
    return [found[key_of(name)] for name in checked]


def relabel(code: Code, labels: Sequence[Label]) -> tuple[list[str], list[str]]:
    """Gives the code exactly these, and returns the names of before and after."""
    before = labels_of(code)
    if {label.id for label in before} != {label.id for label in labels}:
        put_labels(code.workspace_id, {code.id: [label.id for label in labels]})
        # Labels are no column of the code, but a change of it all the same.
        code.updated_at = clock.now()
    return name_labels(before), name_labels(labels)


def name_labels(labels: Sequence[Label]) -> list[str]:
    """As the audit log tells them."""
    return sorted((label.name for label in labels), key=str.casefold)


def put_labels(workspace_id: int, codes: Mapping[int, Collection[int]]) -> None:
    """Gives each code (by id) exactly these labels (ids)."""
    ids = list(codes)
    present = select(CodeLabel.code_id, CodeLabel.label_id).where(CodeLabel.code_id.in_(ids))
    had = {(code_id, label_id) for code_id, label_id in db.session.execute(present)}
    wanted = {(code_id, label_id) for code_id, labels in codes.items() for label_id in labels}
    _delete_rows(had - wanted)
    _add_rows(workspace_id, sorted(wanted - had))


def _add_rows(workspace_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    """Of code and label."""
    rows = [
        {"code_id": code_id, "label_id": label_id, "workspace_id": workspace_id}
        for code_id, label_id in pairs
    ]
    if rows:
        # Somebody may give a code the same label just now.
        fresh = insert_into(db.session.connection(), CodeLabel).on_conflict_do_nothing()
        db.session.execute(fresh, rows)


def _delete_rows(pairs: Collection[tuple[int, int]]) -> None:
    by_label: defaultdict[int, list[int]] = defaultdict(list)
    for code_id, label_id in pairs:
        by_label[label_id].append(code_id)
    for label_id, code_ids in by_label.items():
        own = (CodeLabel.label_id == label_id, CodeLabel.code_id.in_(code_ids))
        db.session.execute(delete(CodeLabel).where(*own))


def _rename(workspace: Workspace, label: Label, name: str) -> None:
    plain = _clean_name(name)
    lock_workspace(workspace.id)
    holder = find_label_by_name(workspace, plain)
    if holder is not None and holder.id != label.id:
        raise LabelTaken(holder.name)
    label.name, label.name_key = plain, key_of(plain)


def _clean_name(name: str) -> str:
    plain = " ".join(name.split())
    wrong = find_mistake(plain) if plain else "Give the label a name."
    if wrong:
        raise InvalidLabelName(wrong)
    return plain


def _find_by_key(
    workspace: Workspace, names: Sequence[str], *, is_held: bool = False
) -> dict[str, Label]:
    """`is_held`: nobody deletes them until the commit."""
    keys = [key_of(name) for name in names]
    query = select(Label).where(Label.workspace_id == workspace.id, Label.name_key.in_(keys))
    if is_held:
        query = query.with_for_update(read=True, key_share=True)
    return {label.name_key: label for label in db.session.scalars(query)}


def _remove(label: Label) -> None:
    # What stands on codes goes with it, also where a database keeps no foreign keys.
    own = CodeLabel.label_id == label.id
    db.session.execute(delete(CodeLabel).where(own))
    db.session.execute(delete(Label).where(Label.id == label.id))
    db.session.expunge(label)


def _snapshot(label: Label) -> dict[str, Any]:
    return {"name": label.name, "colour": label.colour}
