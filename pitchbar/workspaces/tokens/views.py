"""The page of a workspace's API tokens."""

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.verification.access import proven_address
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.shown_once import show_once, take_shown_once
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.forms import TokenForm
from pitchbar.workspaces.tokens.queries import get_token, list_tokens
from pitchbar.workspaces.tokens.services import create_token, revoke_token

bp = Blueprint("tokens", __name__, url_prefix="/w/<slug>/tokens")


@bp.get("")
@requires("manage_tokens")
def index(workspace: Workspace) -> Response:
    made = take_shown_once("token") or {}
    return _show_list(workspace, TokenForm(), **made)


@bp.post("")
@requires("manage_tokens")
@proven_address
def create(workspace: Workspace) -> Response:
    """The secret is shown by the next page, once, and kept nowhere."""
    form = TokenForm()
    if not form.validate():
        return _show_list(workspace, form, http_status=422)
    with form_errors(form):
        token, secret = create_token(workspace, by=current_actor(), **form.entered())
    if form.errors:
        return _show_list(workspace, form, http_status=422)
    db.session.commit()
    show_once("token", {"made_name": token.name, "secret": secret})
    return go_to(url_for("tokens.index", slug=workspace.slug))


@bp.get("/<int:token_id>/revoke")
@requires("manage_tokens")
def confirm_revoke(workspace: Workspace, token_id: int) -> Response:
    return render("workspaces/token_revoke.html", token=get_token(workspace, token_id))


@bp.post("/<int:token_id>/revocation")
@requires("manage_tokens")
@form_on("tokens.confirm_revoke")
def revoke(workspace: Workspace, token_id: int) -> Response:
    token = get_token(workspace, token_id)
    revoke_token(token, current_actor())
    db.session.commit()
    flash(f"“{token.name}” is revoked. It opens nothing any more.", "success")
    return go_to(url_for("tokens.index", slug=workspace.slug))


def _show_list(
    workspace: Workspace, form: TokenForm, http_status: int = 200, **context: object
) -> Response:
    tokens = list_tokens(workspace)
    return render(
        "workspaces/tokens.html", tokens=tokens, form=form, http_status=http_status, **context
    )
