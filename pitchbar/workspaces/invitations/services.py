"""Asking people in: by e-mail, with a link that can also be copied."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import AddressNotProven
from pitchbar.accounts.models import Person, PersonSession
from pitchbar.accounts.queries import normalise_email
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.accounts.verification.senders import require_proven_sender
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import Settings
from pitchbar.workspaces.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    RoleNotAssignable,
    WrongAccount,
)
from pitchbar.workspaces.invitations.links import invitation_link
from pitchbar.workspaces.invitations.queries import (
    count_seats,
    find_unanswered_invitation,
    list_open_invitations_by,
)
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.members.queries import find_membership_by_email
from pitchbar.workspaces.models import Invitation, Membership, Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import MEMBERS
from pitchbar.workspaces.roles import assignable_roles
from pitchbar.workspaces.settings import WorkspaceSettings


def invite(
    workspace: Workspace, by: Actor, settings: Settings, *, email: str, role: str, by_role: str
) -> Invitation:
    """Asks the person in by e-mail. An invitation of theirs that expired comes to life again.

    Raises:
        RoleNotAssignable, AlreadyMember, AlreadyInvited, PlanLimitReached, AddressNotProven
    """
    if role not in assignable_roles(by_role):
        raise RoleNotAssignable
    require_proven_sender(by, settings)
    email = normalise_email(email)
    lock_workspace(workspace.id)
    if find_membership_by_email(workspace, email):
        raise AlreadyMember(email)
    invitation = find_unanswered_invitation(workspace, email)
    if invitation and invitation.state == "open":
        raise AlreadyInvited(email)
    _require_seat(workspace)
    if invitation is None:
        invitation = Invitation(workspace=workspace, email=email, key=secrets.token_urlsafe(12))
    invitation.role = role
    invitation.invited_by_id = by.id
    invitation.expires_at = _expiry(settings)
    _save(invitation)
    record_event("invitation.created", invitation, by=by, after={"email": email, "role": role})
    _send(invitation, by, settings)
    return invitation


def resend_invitation(
    invitation: Invitation, by: Actor, settings: Settings, *, by_role: str
) -> None:
    """Sends the same link again, valid for the whole time from now on.

    Raises:
        RoleNotAssignable, InvitationClosed, AddressNotProven
        PlanLimitReached: for one that had expired.
    """
    require_proven_sender(by, settings)
    if invitation.role not in assignable_roles(by_role):
        raise RoleNotAssignable
    lock_workspace(invitation.workspace_id)
    if invitation.state == "expired":
        _require_seat(invitation.workspace)
    before, expires_at = invitation.expires_at, _expiry(settings)
    _update_unanswered(invitation, expires_at=expires_at)
    record_event(
        "invitation.resent",
        invitation,
        by=by,
        before={"expires_at": before.isoformat()},
        after={"expires_at": expires_at.isoformat()},
    )
    _send(invitation, by, settings)


def revoke_invitation(invitation: Invitation, by: Actor, *, by_role: str) -> None:
    """Raises RoleNotAssignable; InvitationClosed when it was answered meanwhile."""
    if invitation.role not in assignable_roles(by_role):
        raise RoleNotAssignable
    _revoke(invitation, by)


def revoke_invitations_by(person_id: int, workspace_id: int, by: Actor) -> int:
    """What somebody sent who may not invite any more: one of the addresses may be their own.
    Returns how many.
    """
    invitations = list_open_invitations_by(person_id, workspace_id)
    for invitation in invitations:
        with suppress(InvitationClosed):  # answered in this moment
            _revoke(invitation, by)
    return len(invitations)


def _revoke(invitation: Invitation, by: Actor) -> None:
    _update_unanswered(invitation, revoked_at=clock.now())
    before = {"email": invitation.email, "role": invitation.role}
    record_event("invitation.revoked", invitation, by=by, before=before)


def accept_invitation(invitation: Invitation, person: Person, by: Actor) -> None:
    """Makes the person a member. Whoever is one already stays what they are.

    Raises:
        WrongAccount: the invitation is for another address. InvitationClosed
        AddressNotProven: anybody can sign up with the invited address.
    """
    _require_invited(invitation, person)
    if not person.is_proven:
        raise AddressNotProven(person.email)
    _update_unanswered(invitation, accepted_at=clock.now(), open_at=clock.now())
    membership = Membership(
        workspace_id=invitation.workspace_id, person_id=person.id, role=invitation.role
    )
    try:
        with db.session.begin_nested():
            db.session.add(membership)
    except IntegrityError:  # a member already
        return
    record_event("invitation.accepted", invitation, by=by, after={"member": person.email})


def prove_by_invitation(
    invitation: Invitation, person: Person, by: Actor, keep: PersonSession | None
) -> None:
    """For who opened the link that was mailed to the invited address.

    Raises:
        WrongAccount, InvitationClosed
    """
    _require_invited(invitation, person)
    prove_address(person, by, keep)


def _require_invited(invitation: Invitation, person: Person) -> None:
    if normalise_email(person.email) != invitation.email:
        raise WrongAccount(invitation.email)
    require_open(invitation)


def require_open(invitation: Invitation) -> None:
    """Raises InvitationClosed with the reason."""
    if invitation.state != "open":
        raise InvitationClosed(invitation.state)
    if invitation.workspace.deletion_asked_at:
        raise InvitationClosed("deleting")


def _require_seat(workspace: Workspace) -> None:
    require_room(workspace.plan, MEMBERS, lambda: count_seats(workspace))


def _expiry(settings: Settings) -> datetime:
    return clock.now() + timedelta(days=settings[WorkspaceSettings].invitation_days)


def _save(invitation: Invitation) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
    except IntegrityError:
        raise AlreadyInvited(invitation.email) from None


def _update_unanswered(
    invitation: Invitation, *, open_at: datetime | None = None, **values: datetime
) -> None:
    """Changes an invitation that nobody has answered yet, whoever else tries in this moment."""
    unanswered = [
        Invitation.id == invitation.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    ]
    if open_at:
        unanswered.append(Invitation.expires_at > open_at)
    if not changed_rows(db.session, update(Invitation).where(*unanswered).values(**values)):
        db.session.refresh(invitation)
        raise InvitationClosed(invitation.state)


def _send(invitation: Invitation, by: Actor, settings: Settings) -> None:
    queue_mail(
        "workspaces/invitation",
        to=invitation.email,
        subject=f"{by.name} invites you to {invitation.workspace.name}",
        reference=invitation.mail_reference,
        workspace_name=invitation.workspace.name,
        inviter_name=by.name,
        role=invitation.role,
        days=settings[WorkspaceSettings].invitation_days,
        link=invitation_link(invitation, settings, mailed=True),
    )
