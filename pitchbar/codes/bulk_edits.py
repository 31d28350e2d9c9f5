"""Many codes changed at once: all of them or none, each in the audit log, and undone as one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from pitchbar.codes.bulk_plans import BulkEdit, CodeChange, EditPlan, plan_edit
from pitchbar.codes.errors import CodeEditNotFound
from pitchbar.codes.fields import check_values
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import key_of
from pitchbar.codes.labels.queries import labels_by_code, list_labels
from pitchbar.codes.labels.services import ensure_labels, name_labels, put_labels
from pitchbar.codes.models import ACTIVE, ARCHIVED, Code, CodeEdit
from pitchbar.codes.queries import count_active_codes, list_chosen_codes
from pitchbar.codes.services import tell_edges
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import CODES

_KEPT_FOR = timedelta(days=1)
_MOST_KEPT = 20
_ACTIONS = {ARCHIVED: "code.archived", ACTIVE: "code.restored"}
_TIMES = ("starts_at", "ends_at")


class BulkEditRefused(Exception):
    """Some cannot be changed so, and thus none was; `plan` names them."""

    def __init__(self, plan: EditPlan) -> None:
        super().__init__()
        self.plan = plan


def apply_edit(
    workspace: Workspace, code_ids: Sequence[int], edit: BulkEdit, by: Actor, settings: Settings
) -> tuple[EditPlan, CodeEdit | None]:
    """Returns what was changed, and by which it can be undone; None where nothing was.

    Raises:
        BulkEditRefused, and what the checks of single fields raise.
    """
    edit = replace(edit, values=check_values(edit.values, settings))
    lock_workspace(workspace.id)
    by_key = {label.name_key: label for label in ensure_labels(workspace, edit.add, by)}
    by_key |= {label.name_key: label for label in list_labels(workspace)}
    codes = list_chosen_codes(workspace, code_ids, is_held=True)
    plan = plan_edit(workspace, codes, edit)
    if plan.refusals:
        raise BulkEditRefused(plan)
    if not plan.changes:
        return plan, None
    _write(workspace, plan.changes, by_key)
    _record(plan.changes, by)
    return plan, _keep(workspace, plan.changes, by_key, by)


def undo_edit(workspace: Workspace, edit_id: int, by: Actor) -> tuple[int, int]:
    """Gives back what nobody has changed since; returns how many codes that is true of, and of how
    many something had to stay.

    Raises:
        CodeEditNotFound, PlanLimitReached: and then nothing is given back.
    """
    lock_workspace(workspace.id)
    edit = _get_edit(workspace, edit_id)
    kept = {one["id"]: one for one in edit.changes}
    codes = list_chosen_codes(workspace, list(kept), is_held=True)
    labels = {label.id: label for label in list_labels(workspace)}
    had = labels_by_code([code.id for code in codes])
    changes = [_reverse(code, had.get(code.id, []), kept[code.id], labels) for code in codes]
    _require_room_for(workspace, changes)
    real = [change for change in changes if change.after]
    _write(workspace, real, {label.name_key: label for label in labels.values()})
    _record(real, by)
    whole = sum(len(one.after) == len(kept[one.code.id]["after"]) for one in changes)
    db.session.delete(edit)
    return whole, len(kept) - whole


def _get_edit(workspace: Workspace, edit_id: int) -> CodeEdit:
    own = (CodeEdit.workspace_id == workspace.id, CodeEdit.id == min(edit_id, MAX_ID))
    edit = db.session.scalar(select(CodeEdit).where(*own).with_for_update())
    if edit is None:
        raise CodeEditNotFound
    return edit


def _reverse(
    code: Code, had: Sequence[Label], kept: Mapping[str, Any], labels: Mapping[int, Label]
) -> CodeChange:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, became in kept["after"].items():
        old = kept["before"][name]
        if name == "labels":
            if {label.id for label in had} == set(became):
                before[name] = name_labels(had)
                after[name] = name_labels([labels[one] for one in old if one in labels])
        elif _written(getattr(code, name)) == became:
            before[name] = getattr(code, name)
            after[name] = datetime.fromisoformat(old) if old and name in _TIMES else old
    return CodeChange(code, before, after)


def _require_room_for(workspace: Workspace, changes: Sequence[CodeChange]) -> None:
    more = sum(change.after.get("status") == ACTIVE for change in changes)
    if more:
        require_room(workspace.plan, CODES, lambda: count_active_codes(workspace), more=more)


def _write(
    workspace: Workspace, changes: Sequence[CodeChange], by_key: Mapping[str, Label]
) -> None:
    now = clock.now()
    relabelled = {}
    for change in changes:
        for name, value in change.after.items():
            if name == "labels":
                relabelled[change.code.id] = _ids(value, by_key)
            else:
                setattr(change.code, name, value)
        change.code.updated_at = now
    put_labels(workspace.id, relabelled)
    db.session.flush()


def _record(changes: Sequence[CodeChange], by: Actor) -> None:
    for change in changes:
        action = _ACTIONS.get(change.after.get("status", ""), "code.updated")
        before, after = (
            {name: _written(value) for name, value in side.items()}
            for side in (change.before, change.after)
        )
        record_event(action, change.code, by=by, before=before, after=after)
    tell_edges([change.code for change in changes])


def _keep(
    workspace: Workspace, changes: Sequence[CodeChange], by_key: Mapping[str, Label], by: Actor
) -> CodeEdit:
    """So that it can be undone, for a day."""
    newest = select(CodeEdit.id).where(CodeEdit.workspace_id == workspace.id)
    newest = newest.order_by(CodeEdit.id.desc()).limit(_MOST_KEPT - 1)
    is_over = CodeEdit.id.not_in(db.session.scalars(newest).all())
    is_old = CodeEdit.made_at < clock.now() - _KEPT_FOR
    old = delete(CodeEdit).where(CodeEdit.workspace_id == workspace.id, is_over | is_old)
    db.session.execute(old)
    edit = CodeEdit(
        workspace_id=workspace.id,
        made_by_id=by.id if by.kind == "person" else None,
        changes=[
            {
                "id": change.code.id,
                "before": _kept(change.before, by_key),
                "after": _kept(change.after, by_key),
            }
            for change in changes
        ],
    )
    db.session.add(edit)
    db.session.flush()
    return edit


def _kept(side: Mapping[str, Any], by_key: Mapping[str, Label]) -> dict[str, Any]:
    """Labels by id, as they may get another name."""
    return {
        name: _ids(value, by_key) if name == "labels" else _written(value)
        for name, value in side.items()
    }


def _ids(names: Sequence[str], by_key: Mapping[str, Label]) -> list[int]:
    return [by_key[key_of(name)].id for name in names]


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
