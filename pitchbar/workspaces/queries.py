from collections.abc import Sequence

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.core.tokens import hash_secret
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken, Membership, Workspace


def find_workspace(slug: str) -> Workspace | None:
    return db.session.scalar(select(Workspace).where(Workspace.slug == slug))


def find_membership(person: Person, slug: str) -> Membership | None:
    """The person's place in the workspace of that slug; None for an outsider."""
    return db.session.scalar(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id, Workspace.slug == slug)
    )


def list_memberships(person: Person) -> Sequence[Membership]:
    """All workspaces of a person, by name."""
    return db.session.scalars(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id)
        .order_by(Workspace.name, Workspace.id)
    ).all()


def find_token(secret: str) -> ApiToken | None:
    """The token that is in force under this secret."""
    return db.session.scalar(
        select(ApiToken).where(
            ApiToken.token_hash == hash_secret(secret), ApiToken.revoked_at.is_(None)
        )
    )
