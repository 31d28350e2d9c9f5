from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.defaults import update_defaults
from pitchbar.codes.forms import CodeSettingsForm
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("code_settings", __name__, url_prefix="/w/<slug>/settings/codes")


@bp.get("")
@requires("manage_settings")
def edit(workspace: Workspace) -> Response:
    return _render_form(CodeSettingsForm(obj=workspace))


@bp.post("")
@requires("manage_settings")
def update(workspace: Workspace) -> Response:
    form = CodeSettingsForm()
    if not form.validate():
        return _render_form(form, 422)
    settings = current_settings()
    with form_errors(form):
        update_defaults(workspace, current_actor(), settings, **form.entered())
    if form.errors:
        return _render_form(form, form.http_status)
    db.session.commit()
    flash("Settings saved. Archived codes follow within two seconds.", "success")
    return go_to(url_for("code_settings.edit", slug=workspace.slug))


def _render_form(form: CodeSettingsForm, status: int = 200) -> Response:
    return render("codes/settings.html", "codes/_settings.html", form=form, http_status=status)
