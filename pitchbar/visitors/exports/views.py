"""A form that asks for a file of conversations; the file stands among the other exports."""

from flask import Blueprint, Response, flash, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.chat.settings import ChatSettings
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.leads.queries import list_agents
from pitchbar.settings import current_settings
from pitchbar.visitors.exports.forms import ConversationExportForm
from pitchbar.visitors.exports.services import begin_export
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("conversation_exports", __name__, url_prefix="/w/<slug>/conversations/exports")


@bp.get("/new")
@requires("export")
def new(workspace: Workspace) -> Response:
    return _form(ConversationExportForm(list_agents(workspace)))


@bp.post("")
@requires("export")
@form_on("conversation_exports.new")
def create(workspace: Workspace) -> Response:
    form = ConversationExportForm(list_agents(workspace))
    if not form.validate():
        return _form(form, 422)
    begin_export(
        workspace,
        current_user,
        current_actor(),
        kind=form.kind.data,
        selection=form.selection(),
    )
    db.session.commit()
    flash("The file is being made. You get a message when it is ready.", "success")
    return go_to(url_for("exports.index", slug=workspace.slug))


def _form(form: ConversationExportForm, status: int = 200) -> Response:
    days = current_settings()[ChatSettings].chat_retention_days
    return render("visitors/exports/new.html", form=form, kept_days=days, http_status=status)
