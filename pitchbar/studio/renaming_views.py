"""Another name for a template."""

from flask import Response, flash

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.extensions import db
from pitchbar.studio.forms import RenamingForm
from pitchbar.studio.template_views import back_to_templates, bp, brand_form, render_index
from pitchbar.studio.templates import get_template, update_template
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

__all__ = ["bp", "rename"]


@bp.post("/<int:template_id>/name")
@requires("edit_codes")
@form_on("design_templates.index")
def rename(workspace: Workspace, template_id: int) -> Response:
    template, form = get_template(workspace, template_id), RenamingForm()
    if not form.validate():
        return render_index(workspace, brand_form(workspace), 422, renaming=(template_id, form))
    update_template(template, current_actor(), name=form.name.data)
    db.session.commit()
    flash(f"It is called “{template.name}” now.", "success")
    return back_to_templates(workspace)
