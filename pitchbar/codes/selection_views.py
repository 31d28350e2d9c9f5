"""Codes chosen in their list, archived or restored together; the list comes back as it was."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.choosing import possible_ids
from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.codes.selections import archive_codes, restore_codes
from pitchbar.core.htmx import go_to
from pitchbar.extensions import db
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached

bp = Blueprint("code_selections", __name__, url_prefix="/w/<slug>/codes")

_MOST = 100


@bp.post("/archivals")
@requires("edit_codes")
def archive(workspace: Workspace) -> Response:
    codes = archive_codes(workspace, _chosen(), current_actor())
    db.session.commit()
    return _tell(workspace, codes, "archived", "code_selections.restore")


@bp.post("/restorations")
@requires("edit_codes")
def restore(workspace: Workspace) -> Response:
    chosen = _chosen()
    try:
        codes = restore_codes(workspace, chosen, current_actor())
    except PlanLimitReached as error:
        db.session.rollback()
        kept = "The code stays" if len(chosen) == 1 else f"All {len(chosen)} stay"
        flash(f"{kept} archived. {error.message}", "error")
        return _back(workspace)
    db.session.commit()
    return _tell(workspace, codes, "active again", "code_selections.archive")


def _chosen() -> list[int]:
    """From the form, or from the address as in an undo."""
    return possible_ids(request.values.getlist("code_id", type=int), _MOST)


def _tell(workspace: Workspace, codes: Sequence[Code], state: str, undo: str) -> Response:
    if not codes:
        flash("Nothing to do: choose codes in the list first.", "error")
        return _back(workspace)
    which = f"“{codes[0].name}” is" if len(codes) == 1 else f"{len(codes)} codes are"
    ids = [code.id for code in codes]
    undo_url = Listing.read(request.args).url(workspace, undo, code_id=ids)
    flash({"text": f"{which} {state}.", "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms
    return _back(workspace)


def _back(workspace: Workspace) -> Response:
    return go_to(Listing.read(request.args).url(workspace))
