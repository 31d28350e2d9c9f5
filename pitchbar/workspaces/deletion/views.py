"""Deleting the workspace as a whole, and undoing that: the owner alone."""

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.deletion.services import request_deletion, undo_deletion
from pitchbar.workspaces.forms import ConfirmationForm
from pitchbar.workspaces.models import Workspace

bp = Blueprint("deletion", __name__, url_prefix="/w/<slug>")


@bp.get("/delete")
@requires("delete_workspace")
@recently_authenticated()
def confirm_deletion(workspace: Workspace) -> Response:
    return render("workspaces/delete.html", form=ConfirmationForm())


@bp.post("/deletion")
@requires("delete_workspace")
@recently_authenticated()
@form_on("deletion.confirm_deletion")
def delete(workspace: Workspace) -> Response:
    form = ConfirmationForm()
    with form_errors(form):
        request_deletion(workspace, current_actor(), confirmation=form.confirmation.data or "")
    if form.errors:
        return render("workspaces/delete.html", form=form, http_status=form.http_status)
    db.session.commit()
    flash("The workspace will be deleted in seven days. You can undo it until then.", "success")
    return go_to(url_for("pages.overview", slug=workspace.slug))


@bp.post("/restoration")
@requires("delete_workspace")
def restore(workspace: Workspace) -> Response:
    undo_deletion(workspace, current_actor())
    db.session.commit()
    flash("The workspace stays. Nothing was lost.", "success")
    return go_to(url_for("pages.overview", slug=workspace.slug))
