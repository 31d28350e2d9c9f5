"""Members and invitations, as tests make them and look at them."""

from typing import Any

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.invitations.links import invitation_token
from pitchbar.workspaces.invitations.services import invite
from pitchbar.workspaces.models import Invitation, Membership, OwnershipOffer, Workspace


def membership_of(person: Person, workspace: Workspace) -> Membership:
    member = find_membership_of(person, workspace)
    assert member
    return member


def find_membership_of(person: Person, workspace: Workspace) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.workspace_id == workspace.id, Membership.person_id == person.id
        )
    )


def role_of(person: Person, workspace: Workspace) -> str | None:
    """None for somebody who is not in it."""
    member = find_membership_of(person, workspace)
    return member.role if member else None


def make_invitation(workspace: Workspace, **fields: Any) -> Invitation:
    """An invitation by the owner; its message is sent."""
    values = {"email": "new@pitchbar.example", "role": "editor", "by_role": "owner"}
    settings = current_settings()
    invitation = invite(workspace, SYSTEM, settings, **{**values, **fields})
    db.session.commit()
    return invitation


def path_of(invitation: Invitation) -> str:
    """As the message has it."""
    return "/invitations/" + invitation_token(invitation, current_settings(), mailed=True)


def copied_path_of(invitation: Invitation) -> str:
    """As the members page has it."""
    return "/invitations/" + invitation_token(invitation, current_settings())


def make_offer(workspace: Workspace, to: Person) -> OwnershipOffer:
    member = membership_of(to, workspace)
    offer = OwnershipOffer(workspace_id=workspace.id, membership_id=member.id)
    db.session.add(offer)
    db.session.commit()
    return offer


def audit_entries_of(workspace: Workspace, action: str = "") -> list[AuditEntry]:
    """Entries of the log, the newest first."""
    query = select(AuditEntry).where(AuditEntry.workspace_id == workspace.id)
    if action:
        query = query.where(AuditEntry.action == action)
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc())))
