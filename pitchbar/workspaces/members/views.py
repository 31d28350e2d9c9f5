import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, g, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.mailing.queries import latest_mail_records
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.errors import RoleNotAssignable, UnknownRole
from pitchbar.workspaces.invitations.forms import InviteForm
from pitchbar.workspaces.invitations.links import invitation_link
from pitchbar.workspaces.invitations.queries import (
    count_seats,
    list_invitations,
    list_open_invitations_by,
)
from pitchbar.workspaces.members.forms import RoleForm
from pitchbar.workspaces.members.queries import get_member, list_members
from pitchbar.workspaces.members.services import change_role, leave_workspace, remove_member
from pitchbar.workspaces.models import Invitation, Membership, OwnershipOffer, Workspace
from pitchbar.workspaces.ownership.queries import find_offer
from pitchbar.workspaces.plans import find_plan
from pitchbar.workspaces.roles import OWNER, ROLE_DESCRIPTIONS, assignable_roles, role_may
from pitchbar.workspaces.tokens.queries import list_tokens_made_by

bp = Blueprint("members", __name__, url_prefix="/w/<slug>")


@dataclass(frozen=True)
class MemberRow:
    """A member as the page shows them to the person who looks."""

    member: Membership
    is_me: bool
    # The roles that may be given to them from here; empty when they are out of reach.
    roles: tuple[str, ...]
    may_be_offered: bool
    is_offered: bool


@dataclass(frozen=True)
class InvitationRow:
    invitation: Invitation
    is_reachable: bool
    link: str
    mail: MailRecord | None

    @property
    def days_left(self) -> int:
        """Begun days count: the last one says 1."""
        return math.ceil((self.invitation.expires_at - clock.now()) / timedelta(days=1))


def show_members(
    workspace: Workspace, form: InviteForm | None = None, status: int = 200
) -> Response:
    """The page; with the form that was refused, if one was."""
    invitations = _invitation_rows(list_invitations(workspace))
    return render(
        "workspaces/members.html",
        "workspaces/_invite.html",
        http_status=status,
        form=form or InviteForm(assignable_roles(g.role)),
        members=_member_rows(list_members(workspace), find_offer(workspace)),
        waiting=[row for row in invitations if row.invitation.state in ("open", "expired")],
        answered=[row for row in invitations if row.invitation.state in ("accepted", "revoked")],
        plan=find_plan(workspace.plan),
        seats=count_seats(workspace),
        role_descriptions={role: ROLE_DESCRIPTIONS[role] for role in assignable_roles(g.role)},
    )


@bp.get("/members")
@requires("manage_members")
def index(workspace: Workspace) -> Response:
    return show_members(workspace)


@bp.post("/members/<int:member_id>/role")
@requires("manage_members")
def give_role(workspace: Workspace, member_id: int) -> Response:
    member = get_member(workspace, member_id)
    form = RoleForm(assignable_roles(g.role))
    if not form.validate():
        raise UnknownRole
    role: str = form.role.data
    ends = _ends_with(member, role)
    if any(ends.values()) and request.form.get("confirmed") != "yes":
        slug = workspace.slug
        return go_to(url_for("members.confirm_role", slug=slug, member_id=member.id, role=role))
    change_role(member, role, current_actor(), by_role=g.role)
    db.session.commit()
    flash(f"{member.person.name} is now {_with_article(member.role)}.", "success")
    if ends["tokens"]:
        flash(f"API tokens that {member.person.name} made no longer work.", "success")
    return _to_members(workspace)


@bp.get("/members/<int:member_id>/role")
@requires("manage_members")
def confirm_role(workspace: Workspace, member_id: int) -> Response:
    """Asks first where more than a role would end."""
    member, role = get_member(workspace, member_id), request.args.get("role", "")
    reach = assignable_roles(g.role)
    if member.role not in reach:
        raise RoleNotAssignable
    if role not in reach or role == member.role:
        return _to_members(workspace)
    context = {"role": role, "role_with_article": _with_article(role), **_ends_with(member, role)}
    return render("workspaces/give_role.html", member=member, **context)


@bp.get("/members/<int:member_id>/remove")
@requires("manage_members")
def confirm_removal(workspace: Workspace, member_id: int) -> Response:
    member = get_member(workspace, member_id)
    if member.role not in assignable_roles(g.role):
        raise RoleNotAssignable
    return render("workspaces/remove_member.html", member=member, **_ends_with(member))


@bp.post("/members/<int:member_id>/removal")
@requires("manage_members")
@form_on("members.confirm_removal")
def remove(workspace: Workspace, member_id: int) -> Response:
    member = get_member(workspace, member_id)
    name = member.person.name
    remove_member(member, current_actor(), by_role=g.role)
    db.session.commit()
    flash(f"{name} is no longer in this workspace.", "success")
    return _to_members(workspace)


@bp.get("/leave")
@requires("view")
def confirm_leaving(workspace: Workspace) -> Response:
    ends = _ends_with(g.membership)
    return render("workspaces/leave.html", is_owner=g.role == OWNER, error="", **ends)


@bp.post("/leaving")
@requires("view")
@form_on("members.confirm_leaving")
def leave(workspace: Workspace) -> Response:
    try:
        leave_workspace(g.membership, current_actor())
    except DomainError as error:
        db.session.rollback()
        is_owner = g.membership.role == OWNER
        context = {"is_owner": is_owner, "error": error.message, **_ends_with(g.membership)}
        return render("workspaces/leave.html", http_status=error.status, **context)
    name = workspace.name
    db.session.commit()
    flash(f"You have left {name}.", "success")
    return go_to(url_for("pages.home"))


def _ends_with(member: Membership, role: str | None = None) -> dict[str, Any]:
    """What else ends with somebody's right to manage, when they go or become `role`: their tokens,
    and how many invitations.
    """
    mine = (member.person_id, member.workspace_id)
    tokens = [] if role_may(role, "manage_tokens") else list_tokens_made_by(*mine)
    invitations = [] if role_may(role, "manage_members") else list_open_invitations_by(*mine)
    return {"tokens": tokens, "invitations": len(invitations)}


def _to_members(workspace: Workspace) -> Response:
    return go_to(url_for("members.index", slug=workspace.slug))


def _with_article(role: str) -> str:
    return f"{'an' if role[0] in 'aeo' else 'a'} {role}"


def _member_rows(
    members: Sequence[Membership], offer: OwnershipOffer | None
) -> Sequence[MemberRow]:
    reach = assignable_roles(g.role)
    offered_id = offer.membership_id if offer else None
    return [
        MemberRow(
            member,
            is_me=member.person_id == current_user.id,
            roles=reach if member.role in reach else (),
            may_be_offered=g.role == OWNER and member.role != OWNER and not offer,
            is_offered=member.id == offered_id,
        )
        for member in members
    ]


def _invitation_rows(invitations: Sequence[Invitation]) -> Sequence[InvitationRow]:
    settings = current_settings()
    reach = assignable_roles(g.role)
    mails = latest_mail_records([one.mail_reference for one in invitations])
    return [
        InvitationRow(
            one,
            is_reachable=one.role in reach,
            link=invitation_link(one, settings) if one.role in reach else "",
            mail=mails.get(one.mail_reference),
        )
        for one in invitations
    ]
