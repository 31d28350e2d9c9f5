from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core import clock
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.colours import text_on
from pitchbar.workspaces.forms import SettingsForm
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.services import require_free_slug, update_workspace

bp = Blueprint("settings", __name__, url_prefix="/w/<slug>")


@bp.get("/settings")
@requires("manage_settings")
def edit(workspace: Workspace) -> Response:
    return _show(SettingsForm.of(workspace))


@bp.post("/settings")
@requires("manage_settings")
def update(workspace: Workspace) -> Response:
    form = SettingsForm()
    if not form.is_accepted(slug=lambda: require_free_slug(workspace, form.slug.data or "")):
        return _show(form, 422)
    with form_errors(form):
        update_workspace(workspace, current_actor(), **form.entered())
    if form.errors:
        return _show(form, form.http_status)
    db.session.commit()
    flash("Settings saved.", "success")
    return go_to(url_for("settings.edit", slug=workspace.slug))


@bp.post("/guide/dismissal")
@requires("edit_codes")
def close_guide(workspace: Workspace) -> Response:
    """The steps of the first minutes do not show again."""
    workspace.guide_closed_at = clock.now()
    db.session.commit()
    return go_to(url_for("pages.overview", slug=workspace.slug))


def _show(form: SettingsForm, status: int = 200) -> Response:
    return render(
        "workspaces/settings.html",
        "workspaces/_settings.html",
        form=form,
        text_on=text_on,
        http_status=status,
    )
