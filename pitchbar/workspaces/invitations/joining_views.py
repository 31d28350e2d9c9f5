"""What a person meets who opens the link of an invitation."""

from flask import Blueprint, Response, flash, url_for
from flask_login import current_user

from pitchbar.accounts.access import open_to_all, signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.queries import find_person_by_email, normalise_email
from pitchbar.accounts.services import create_person
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in.flow import begin_session
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import InvalidInvitationLink, InvitationClosed
from pitchbar.workspaces.invitations.forms import JoinForm
from pitchbar.workspaces.invitations.links import read_invitation_token
from pitchbar.workspaces.invitations.queries import find_invitation
from pitchbar.workspaces.invitations.services import accept_invitation, require_open
from pitchbar.workspaces.models import Invitation
from pitchbar.workspaces.queries import find_membership
from pitchbar.workspaces.roles import ROLE_DESCRIPTIONS

bp = Blueprint("joining", __name__, url_prefix="/invitations/<token>")


@bp.get("")
@open_to_all
def show(token: str) -> Response:
    invitation = _get_invitation(token)
    if _is_member(invitation):
        flash(f"You are in {invitation.workspace.name}.", "success")
        return _to_workspace(invitation)
    return _show(invitation, token, JoinForm())


@bp.post("/acceptance")
@signed_in
def accept(token: str) -> Response:
    """By somebody who has an account and is signed in to it."""
    invitation = _get_invitation(token)
    if _is_member(invitation):
        return _to_workspace(invitation)
    try:
        accept_invitation(invitation, current_user, current_actor())
    except InvitationClosed:
        db.session.rollback()
        return _show(invitation, token, JoinForm())
    db.session.commit()
    return _welcome(invitation)


@bp.post("/account")
@open_to_all
@limiter.limit(lambda: current_settings()[AccountSettings].ratelimit_signup)
def join(token: str) -> Response:
    """By somebody new: the link came to this address, so the account has it."""
    invitation = _get_invitation(token)
    form = JoinForm()
    if current_user.is_authenticated or not form.validate():
        return _show(invitation, token, form, 422)
    with form_errors(form):
        require_open(invitation)
        person = create_person(email=invitation.email, **form.entered())
        accept_invitation(invitation, person, current_actor(person))
    if form.errors:
        return _show(invitation, token, form, 422)
    begin_session(person)
    db.session.commit()
    return _welcome(invitation)


def _get_invitation(token: str) -> Invitation:
    """Raises InvalidInvitationLink for a link that was cut or tampered with."""
    named = read_invitation_token(token, current_settings())
    invitation = find_invitation(*named) if named else None
    if invitation is None:
        raise InvalidInvitationLink
    return invitation


def _show(invitation: Invitation, token: str, form: JoinForm, status: int = 200) -> Response:
    try:
        require_open(invitation)
    except InvitationClosed as error:
        return render(
            "workspaces/invitation_closed.html",
            invitation=invitation,
            state=error.state,
            sentence=error.message,
            http_status=error.status,
        )
    return render(
        f"workspaces/invitation_{_situation(invitation)}.html",
        invitation=invitation,
        token=token,
        form=form,
        role_description=ROLE_DESCRIPTIONS[invitation.role],
        http_status=status,
    )


def _situation(invitation: Invitation) -> str:
    """Which of four people is this: the right one, another, one to sign in, or somebody new?"""
    if current_user.is_authenticated:
        fits = normalise_email(current_user.email) == invitation.email
        return "accept" if fits else "other"
    return "sign_in" if find_person_by_email(invitation.email) else "join"


def _is_member(invitation: Invitation) -> bool:
    if not current_user.is_authenticated:
        return False
    return find_membership(current_user, invitation.workspace.slug) is not None


def _welcome(invitation: Invitation) -> Response:
    flash(f"Welcome to {invitation.workspace.name}.", "success")
    return _to_workspace(invitation)


def _to_workspace(invitation: Invitation) -> Response:
    return go_to(url_for("pages.overview", slug=invitation.workspace.slug))
