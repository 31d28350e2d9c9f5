"""What a person meets who opens the link of an invitation.

No page here tells whether the invited address has an account: whoever invites could read it off.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, url_for
from flask_login import current_user

from pitchbar.accounts.access import open_to_all, signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.errors import AddressNotProven
from pitchbar.accounts.limits import limit_new_addresses
from pitchbar.accounts.passwords.strength import require_strong_password
from pitchbar.accounts.queries import normalise_email
from pitchbar.accounts.services import create_person
from pitchbar.accounts.sign_in.flow import begin_session, current_session
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import InvalidInvitationLink, InvitationClosed
from pitchbar.workspaces.invitations.forms import JoinForm
from pitchbar.workspaces.invitations.links import read_invitation_token
from pitchbar.workspaces.invitations.queries import find_invitation
from pitchbar.workspaces.invitations.services import (
    accept_invitation,
    prove_by_invitation,
    require_open,
)
from pitchbar.workspaces.models import Invitation
from pitchbar.workspaces.queries import find_membership
from pitchbar.workspaces.roles import ROLE_DESCRIPTIONS

bp = Blueprint("joining", __name__, url_prefix="/invitations/<token>")


@bp.get("")
@open_to_all
def show(token: str) -> Response:
    opened = _open(token)
    if _is_member(opened.invitation):
        flash(f"You are in {opened.invitation.workspace.name}.", "success")
        return _to_workspace(opened.invitation)
    return _show(opened, JoinForm())


@bp.post("/acceptance")
@signed_in
def accept(token: str) -> Response:
    """By somebody who has an account and is signed in to it."""
    opened = _open(token)
    invitation = opened.invitation
    if _is_member(invitation):
        return _to_workspace(invitation)
    try:
        if opened.was_mailed:
            prove_by_invitation(invitation, current_user, current_actor(), current_session())
        accept_invitation(invitation, current_user, current_actor())
    except (InvitationClosed, AddressNotProven) as error:
        db.session.rollback()
        return _show(opened, JoinForm(), error.status)
    db.session.commit()
    return _welcome(invitation)


@bp.post("/account")
@open_to_all
@limit_new_addresses
def join(token: str) -> Response:
    """By somebody new: the link was mailed to this address, so the account has it."""
    opened = _open(token)
    invitation, form = opened.invitation, JoinForm()
    if current_user.is_authenticated or not opened.was_mailed:
        return _show(opened, form, 422)
    entered = {**form.entered(), "email": invitation.email}
    if not form.is_accepted(password=lambda: require_strong_password(**entered)):
        return _show(opened, form, 422)
    with form_errors(form):
        require_open(invitation)
        person = create_person(email=invitation.email, is_proven=True, **form.entered())
        accept_invitation(invitation, person, current_actor(person))
    if form.errors:
        return _show(opened, form, 422)
    begin_session(person)
    db.session.commit()
    return _welcome(invitation)


@dataclass(frozen=True)
class _Opened:
    """An invitation, and by which link it was opened."""

    invitation: Invitation
    token: str
    was_mailed: bool


def _open(token: str) -> _Opened:
    """Raises InvalidInvitationLink for a link that was cut or tampered with."""
    link = read_invitation_token(token, current_settings())
    invitation = find_invitation(link.invitation_id, link.key) if link else None
    if link is None or invitation is None:
        raise InvalidInvitationLink
    return _Opened(invitation, token, link.was_mailed)


def _show(opened: _Opened, form: JoinForm, status: int = 200) -> Response:
    invitation = opened.invitation
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
        f"workspaces/invitation_{_situation(opened)}.html",
        invitation=invitation,
        token=opened.token,
        form=form,
        role_description=ROLE_DESCRIPTIONS[invitation.role],
        http_status=status,
    )


def _situation(opened: _Opened) -> str:
    """Is this the right person, proven or not, another one, or somebody who is not signed in?"""
    if not current_user.is_authenticated:
        return "join" if opened.was_mailed else "sign_in"
    if normalise_email(current_user.email) != opened.invitation.email:
        return "other"
    return "accept" if current_user.is_proven or opened.was_mailed else "prove"


def _is_member(invitation: Invitation) -> bool:
    if not current_user.is_authenticated:
        return False
    return find_membership(current_user, invitation.workspace.slug) is not None


def _welcome(invitation: Invitation) -> Response:
    flash(f"Welcome to {invitation.workspace.name}.", "success")
    return _to_workspace(invitation)


def _to_workspace(invitation: Invitation) -> Response:
    return go_to(url_for("pages.overview", slug=invitation.workspace.slug))
