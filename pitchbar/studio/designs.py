"""The design of a code: read, changed, and drawn on many codes at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.studio.errors import DesignEditNotFound, InvalidDesign
from pitchbar.studio.models import DesignEdit, DesignImage
from pitchbar.symbols.design import Design
from pitchbar.workspaces.models import Workspace

# What says something of one code rather than how codes of the workspace look.
OWN_FIELDS = ("frame_text", "logo")
# So many at once; more are narrowed first, as edits are.
MOST_CODES = 1_000
_LEVEL = "error_correction"


def design_of(code: Code) -> Design:
    return Design.read(code.design, error_correction=code.error_correction)


def set_design(code: Code, design: Design, by: Actor) -> bool:
    """Whether that changed anything. Raises InvalidDesign for a logo of nobody here."""
    before = design_of(code)
    if design == before:
        return False
    _require_logo(code.workspace_id, design)
    _write(code, design)
    record_event("code.designed", code, by=by, **_told(before, design))
    return True


def draw_many(
    workspace: Workspace,
    code_ids: Sequence[int],
    design: Design,
    by: Actor,
    *,
    keep: Sequence[str] = (),
) -> DesignEdit | None:
    """Gives each of the codes that design, but for the fields in `keep`; None where all had it.

    Each code has its entry in the audit log; all of it can be undone together.
    """
    _require_logo(workspace.id, design)
    changes = []
    for code in list_chosen_codes(workspace, code_ids, is_held=True):
        before = design_of(code)
        after = design.model_copy(update={name: getattr(before, name) for name in keep})
        if after == before:
            continue
        _write(code, after)
        record_event("code.designed", code, by=by, **_told(before, after))
        changes.append({"id": code.id, "before": _whole(before), "after": _whole(after)})
    if not changes:
        return None
    author_id = by.id if by.kind == "person" else None
    edit = DesignEdit(workspace_id=workspace.id, made_by_id=author_id, changes=changes)
    db.session.add(edit)
    db.session.flush()
    return edit


def undo_drawing(workspace: Workspace, edit_id: int, by: Actor) -> tuple[int, int]:
    """How many codes look as before, and how many were changed since and stay.

    Raises DesignEditNotFound; who undoes twice finds nothing.
    """
    held = select(DesignEdit).where(
        DesignEdit.id == edit_id, DesignEdit.workspace_id == workspace.id
    )
    edit = db.session.scalar(held.with_for_update())
    if edit is None:
        raise DesignEditNotFound
    changes = {change["id"]: change for change in edit.changes}
    undone = 0
    for code in list_chosen_codes(workspace, sorted(changes), is_held=True):
        present, change = design_of(code), changes[code.id]
        if _whole(present) != change["after"]:
            continue
        before = Design.read(change["before"])
        _write(code, before)
        record_event("code.designed", code, by=by, **_told(present, before))
        undone += 1
    db.session.delete(edit)
    return undone, len(changes) - undone


def _write(code: Code, design: Design) -> None:
    code.error_correction = design.error_correction
    code.design = {k: v for k, v in design.stored().items() if k != _LEVEL} or None


def _whole(design: Design) -> dict[str, Any]:
    return {**design.stored(), _LEVEL: design.error_correction}


def _told(before: Design, after: Design) -> dict[str, Mapping[str, Any]]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [name for name in new if new[name] != old[name]]
    return {
        "before": {name: old[name] for name in changed},
        "after": {name: new[name] for name in changed},
    }


def _require_logo(workspace_id: int, design: Design) -> None:
    if not design.logo:
        return
    image = db.session.get(DesignImage, design.logo)
    if image is None or image.workspace_id != workspace_id:
        raise InvalidDesign("logo", "This logo is not among those of the workspace.")
