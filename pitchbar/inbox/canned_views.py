"""Canned replies, on a page of their own."""

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.inbox.canned import (
    VARIABLES,
    create_canned,
    delete_canned,
    get_canned,
    list_canned,
    update_canned,
)
from pitchbar.inbox.forms import CannedForm
from pitchbar.inbox.members import RIGHT
from pitchbar.inbox.models import CannedReply
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("canned_replies", __name__, url_prefix="/w/<slug>/conversations/replies")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    return _page(workspace, CannedForm())


@bp.post("")
@requires(RIGHT)
@form_on("canned_replies.index")
def create(workspace: Workspace) -> Response:
    form, made = CannedForm(), None
    if form.validate():
        with form_errors(form):
            values = {name: value or "" for name, value in form.entered().items()}
            made = create_canned(workspace.id, current_actor(), **values)
    if made is None:
        return _page(workspace, form)
    said = f"Saved. Type /{made.shortcut} in a reply to use it."
    return _done(workspace, said)


@bp.get("/<int:canned_id>")
@requires(RIGHT)
def edit(workspace: Workspace, canned_id: int) -> Response:
    one, form = get_canned(workspace.id, canned_id), CannedForm()
    form.shortcut.data, form.text.data = one.shortcut, one.text
    return _page(workspace, form, one)


@bp.post("/<int:canned_id>")
@requires(RIGHT)
@form_on("canned_replies.edit")
def update(workspace: Workspace, canned_id: int) -> Response:
    one, form = get_canned(workspace.id, canned_id), CannedForm()
    if form.validate():
        with form_errors(form):
            values = {name: value or "" for name, value in form.entered().items()}
            update_canned(one, current_actor(), **values)
    if form.errors or form.form_errors:
        return _page(workspace, form, get_canned(workspace.id, canned_id))
    return _done(workspace, "Saved.")


@bp.post("/<int:canned_id>/deletion")
@requires(RIGHT)
@form_on("canned_replies.edit")
def delete(workspace: Workspace, canned_id: int) -> Response:
    delete_canned(get_canned(workspace.id, canned_id), current_actor())
    return _done(workspace, "Deleted. What was said with it stays.")


def _done(workspace: Workspace, said: str) -> Response:
    db.session.commit()
    flash(said, "success")
    return go_to(url_for("canned_replies.index", slug=workspace.slug))


def _page(workspace: Workspace, form: CannedForm, one: CannedReply | None = None) -> Response:
    return render(
        "inbox/replies.html",
        form=form,
        one=one,
        replies=list_canned(workspace.id),
        variables=VARIABLES,
        http_status=form.http_status if form.errors or form.form_errors else 200,
    )
