from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pitchbar.accounts.models import Person
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.errors import MemberNotFound
from pitchbar.workspaces.models import (
    Membership,
    Workspace,
)
from pitchbar.workspaces.roles import OWNER


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


def find_owner(workspace: Workspace) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(Membership.workspace_id == workspace.id, Membership.role == OWNER)
    )


def find_membership_by_email(workspace: Workspace, email: str) -> Membership | None:
    return db.session.scalar(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.workspace_id == workspace.id, Person.email == email)
    )
