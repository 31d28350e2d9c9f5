from collections.abc import Sequence

from sqlalchemy import Select, select

from pitchbar.accounts.models import Person
from pitchbar.core.tokens import hash_secret
from pitchbar.extensions import db
from pitchbar.workspaces.errors import TokenNotFound
from pitchbar.workspaces.models import ApiToken, Membership, Workspace

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
