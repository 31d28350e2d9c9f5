"""Invitations as the workspace's managers handle them; `joining_views` is the other side."""

from flask import Blueprint, Response, flash, g, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to
from pitchbar.errors import DomainError
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.invitations.forms import InviteForm
from pitchbar.workspaces.invitations.queries import get_invitation
from pitchbar.workspaces.invitations.services import invite, resend_invitation, revoke_invitation
from pitchbar.workspaces.members.views import show_members
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.roles import assignable_roles
from pitchbar.workspaces.settings import WorkspaceSettings

bp = Blueprint("invitations", __name__, url_prefix="/w/<slug>/invitations")


# Mail to strangers in our name: each person may cause so much and no more.
limit_mail = limiter.shared_limit(
    lambda: current_settings()[WorkspaceSettings].ratelimit_invitation,
    scope="invitation",
    key_func=lambda: f"invitation:{current_user.get_id() or request.remote_addr}",
)


@bp.post("")
@requires("manage_members")
@limit_mail
@form_on("members.index")
def create(workspace: Workspace) -> Response:
    form = InviteForm(assignable_roles(g.role))
    if not form.validate():
        return show_members(workspace, form, 422)
    with form_errors(form):
        invite(workspace, current_actor(), current_settings(), by_role=g.role, **form.entered())
    if form.errors:
        return show_members(workspace, form, form.http_status)
    db.session.commit()
    flash(f"{form.email.data} is invited. The link also stands below, to copy.", "success")
    return _to_members(workspace)


@bp.post("/<int:invitation_id>/delivery")
@requires("manage_members")
@limit_mail
@form_on("members.index")
def resend(workspace: Workspace, invitation_id: int) -> Response:
    invitation = get_invitation(workspace, invitation_id)
    try:
        resend_invitation(invitation, current_actor(), current_settings(), by_role=g.role)
    except DomainError as error:
        db.session.rollback()
        return _refused(workspace, error)
    db.session.commit()
    flash(f"The invitation for {invitation.email} is on its way again.", "success")
    return _to_members(workspace)


@bp.post("/<int:invitation_id>/revocation")
@requires("manage_members")
@form_on("members.index")
def revoke(workspace: Workspace, invitation_id: int) -> Response:
    invitation = get_invitation(workspace, invitation_id)
    revoke_invitation(invitation, current_actor(), by_role=g.role)
    db.session.commit()
    flash(f"The invitation for {invitation.email} is revoked: its link is dead.", "success")
    return _to_members(workspace)


def _refused(workspace: Workspace, error: DomainError) -> Response:
    """The page as it is now, with the reason on top of the form."""
    form = InviteForm(assignable_roles(g.role))
    form.form_errors.append(error.message)
    return show_members(workspace, form, error.status)


def _to_members(workspace: Workspace) -> Response:
    return go_to(url_for("members.index", slug=workspace.slug))
