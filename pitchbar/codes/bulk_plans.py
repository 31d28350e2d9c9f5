"""What an edit of many codes would change of each, before anything is: the page that asks first
and the edit itself read the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pitchbar.codes.errors import InvalidTimes
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import MOST_OF_A_CODE, key_of
from pitchbar.codes.labels.queries import labels_by_code
from pitchbar.codes.limits_of_use import require_order
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.codes.queries import count_active_codes
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import find_lack
from pitchbar.workspaces.plans import CODES

# How many codes one edit takes.
MOST_CODES = 1000


@dataclass(frozen=True)
class BulkEdit:
    """What shall be done to each.

    Attributes:
        add, remove: names of labels.
        values: new ones by field, among campaign, starts_at, ends_at, fallback_url, attribution.
        status: empty where it stays.
    """

    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""


@dataclass(frozen=True)
class CodeChange:
    """Of one code: what differs, by field; `labels` are names."""

    code: Code
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    code: Code
    reason: str


@dataclass(frozen=True)
class EditPlan:
    """Codes of which nothing would change are in neither."""

    codes: Sequence[Code]
    changes: list[CodeChange]
    refusals: list[Refusal]

    def count(self, name: str) -> int:
        """How many codes get another value of that field."""
        return sum(name in change.after for change in self.changes)

    def count_label(self, name: str, *, is_added: bool) -> int:
        key = key_of(name)
        sides = [(change.before, change.after) for change in self.changes]
        return sum(
            key in _keys((after if is_added else before).get("labels", ()))
            and key not in _keys((before if is_added else after).get("labels", ()))
            for before, after in sides
        )


def plan_edit(workspace: Workspace, codes: Sequence[Code], edit: BulkEdit) -> EditPlan:
    labels = labels_by_code([code.id for code in codes])
    plan = EditPlan(codes, [], [])
    active = count_active_codes(workspace) if edit.status == ACTIVE else 0
    for code in codes:
        change = _change_of(code, labels.get(code.id, []), edit)
        reason = _find_reason(code, change)
        if not reason and change.after.get("status") == ACTIVE:
            reason = _find_lack_of_room(workspace, active)
            active += 1
        if reason:
            plan.refusals.append(Refusal(code, reason))
        elif change.after:
            plan.changes.append(change)
    return plan


def _change_of(code: Code, labels: Sequence[Label], edit: BulkEdit) -> CodeChange:
    values = {**edit.values, **({"status": edit.status} if edit.status else {})}
    differing = {name: value for name, value in values.items() if getattr(code, name) != value}
    before = {name: getattr(code, name) for name in differing}
    names = [label.name for label in labels]
    wanted = _relabelled(names, edit)
    if _keys(wanted) != _keys(names):
        before["labels"], differing["labels"] = names, wanted
    return CodeChange(code, before, differing)


def _relabelled(names: Sequence[str], edit: BulkEdit) -> list[str]:
    added, removed = _keys(edit.add), _keys(edit.remove)
    kept = [name for name in names if key_of(name) not in removed | added]
    had = {key_of(name): name for name in names}
    return sorted([*kept, *(had.get(key_of(name), name) for name in edit.add)], key=str.casefold)


def _find_reason(code: Code, change: CodeChange) -> str:
    """Why the code cannot be changed so; empty where it can."""
    starts_at, ends_at = (_after(change, code, name) for name in ("starts_at", "ends_at"))
    try:
        require_order(starts_at, ends_at)
    except InvalidTimes:
        return "Its end would not come after its start."
    if (count := len(change.after.get("labels", ()))) > MOST_OF_A_CODE:
        return f"It would have {count} labels, and a code has {MOST_OF_A_CODE} at most."
    return ""


def _after(change: CodeChange, code: Code, name: str) -> datetime | None:
    at: datetime | None = change.after.get(name, getattr(code, name))
    return at


def _find_lack_of_room(workspace: Workspace, active: int) -> str:
    return find_lack(workspace.plan, CODES, lambda: active)


def _keys(names: Collection[str]) -> set[str]:
    return {key_of(name) for name in names}
