from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.tokens import hash_secret
from pitchbar.extensions import db
from pitchbar.workspaces.errors import InvitationNotFound, MemberNotFound, TokenNotFound
from pitchbar.workspaces.models import (
    ApiToken,
    Invitation,
    Membership,
    OldSlug,
    OwnershipOffer,
    Workspace,
)

_HISTORY_DAYS = 30

# The largest number that the database takes; an address may hold a larger one.
MAX_ID = 2**63 - 1


def find_workspace(slug: str) -> Workspace | None:
    return db.session.scalar(select(Workspace).where(Workspace.slug == slug))


def find_membership(person: Person, slug: str) -> Membership | None:
    """The person's place in the workspace of that slug; None for an outsider."""
    return db.session.scalar(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id, Workspace.slug == slug)
    )


def find_new_slug(person: Person, old_slug: str) -> str | None:
    """The present slug of a workspace of this person that had the old one before."""
    return db.session.scalar(
        select(Workspace.slug)
        .join(OldSlug, OldSlug.workspace_id == Workspace.id)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.person_id == person.id, OldSlug.slug == old_slug)
    )


def had_slug(workspace: Workspace, old_slug: str) -> bool:
    query = select(OldSlug.slug).where(
        OldSlug.workspace_id == workspace.id, OldSlug.slug == old_slug
    )
    return db.session.scalar(query) is not None


def list_memberships(person: Person) -> Sequence[Membership]:
    """All workspaces of a person, by name."""
    return db.session.scalars(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id)
        .order_by(Workspace.name, Workspace.id)
    ).all()


def find_role(workspace: Workspace, person_id: int | None) -> str | None:
    """What that person is in the workspace; None for somebody who is no member."""
    return db.session.scalar(
        select(Membership.role).where(
            Membership.workspace_id == workspace.id, Membership.person_id == person_id
        )
    )


def list_members(workspace: Workspace) -> Sequence[Membership]:
    """Everybody in the workspace, in the order in which they came."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.workspace_id == workspace.id)
        .options(joinedload(Membership.person, innerjoin=True))
        .order_by(Membership.id)
    ).all()


def get_member(workspace: Workspace, member_id: int) -> Membership:
    """Raises MemberNotFound, also for a member of another workspace."""
    mine = (Membership.workspace_id == workspace.id, Membership.id == min(member_id, MAX_ID))
    member = db.session.scalar(select(Membership).where(*mine))
    if member is None:
        raise MemberNotFound
    return member


def find_membership_by_email(workspace: Workspace, email: str) -> Membership | None:
    return db.session.scalar(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.workspace_id == workspace.id, Person.email == email)
    )


def find_offer(workspace: Workspace) -> OwnershipOffer | None:
    return db.session.get(OwnershipOffer, workspace.id)


def find_offer_to(person: Person, workspace: Workspace) -> OwnershipOffer | None:
    offer = find_offer(workspace)
    return offer if offer and offer.membership.person_id == person.id else None


def count_seats(workspace: Workspace) -> int:
    """Members and open invitations."""
    members = select(func.count(Membership.id)).where(Membership.workspace_id == workspace.id)
    invited = select(func.count(Invitation.id)).where(
        *_unanswered(workspace), Invitation.expires_at > clock.now()
    )
    return (db.session.scalar(members) or 0) + (db.session.scalar(invited) or 0)


def find_unanswered_invitation(workspace: Workspace, email: str) -> Invitation | None:
    """Open or expired; at the most one."""
    return db.session.scalar(
        select(Invitation).where(*_unanswered(workspace), Invitation.email == email)
    )


def get_invitation(workspace: Workspace, invitation_id: int) -> Invitation:
    """Raises InvitationNotFound, also for one of another workspace."""
    own = (Invitation.workspace_id == workspace.id, Invitation.id == min(invitation_id, MAX_ID))
    invitation = db.session.scalar(select(Invitation).where(*own))
    if invitation is None:
        raise InvitationNotFound
    return invitation


def find_invitation(invitation_id: int, key: str) -> Invitation | None:
    """By what its signed link says."""
    invitation = db.session.get(Invitation, invitation_id)
    return invitation if invitation and invitation.key == key else None


def list_invitations(workspace: Workspace) -> Sequence[Invitation]:
    """Unanswered ones, and those that were answered in the last 30 days; newest first."""
    since = clock.now() - timedelta(days=_HISTORY_DAYS)
    answered = or_(Invitation.accepted_at > since, Invitation.revoked_at > since)
    unanswered = _unanswered(workspace)
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.workspace_id == workspace.id,
            or_(answered, unanswered[1] & unanswered[2]),
        )
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
        .limit(200)
    ).all()


def find_token(secret: str) -> ApiToken | None:
    """The token that is in force under this secret."""
    return db.session.scalar(
        select(ApiToken).where(
            ApiToken.token_hash == hash_secret(secret), ApiToken.revoked_at.is_(None)
        )
    )


def list_tokens(workspace: Workspace) -> Sequence[ApiToken]:
    """The tokens that are in force, newest first."""
    return db.session.scalars(_tokens_of(workspace)).all()


def list_tokens_before(
    workspace: Workspace, *, before_id: int | None, count: int
) -> Sequence[ApiToken]:
    """A keyset page for programs: newest first, older than `before_id`."""
    query = _tokens_of(workspace).limit(count)
    if before_id is not None:
        query = query.where(ApiToken.id < before_id)
    return db.session.scalars(query).all()


def get_token(workspace: Workspace, token_id: int) -> ApiToken:
    """Raises TokenNotFound for one that is revoked or another workspace's."""
    if token_id > MAX_ID:
        raise TokenNotFound
    token = db.session.scalar(_tokens_of(workspace).where(ApiToken.id == token_id))
    if token is None:
        raise TokenNotFound
    return token


def _tokens_of(workspace: Workspace) -> Select[ApiToken]:
    return (
        select(ApiToken)
        .where(ApiToken.workspace_id == workspace.id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    )


def _unanswered(workspace: Workspace) -> list[ColumnElement[bool]]:
    return [
        Invitation.workspace_id == workspace.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    ]
