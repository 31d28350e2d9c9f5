from collections.abc import Sequence

from sqlalchemy import Select, func, select

from pitchbar.core.database import MAX_ID
from pitchbar.core.tokens import hash_secret
from pitchbar.extensions import db
from pitchbar.workspaces.errors import TokenNotFound
from pitchbar.workspaces.models import (
    ApiToken,
    Workspace,
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


def count_tokens(workspace: Workspace) -> int:
    return (
        db.session.scalar(_tokens_of(workspace).order_by(None).with_only_columns(func.count())) or 0
    )


def list_tokens_before(
    workspace: Workspace, *, before_id: int | None, count: int
) -> Sequence[ApiToken]:
    """A keyset page for programs: newest first, older than `before_id`."""
    query = _tokens_of(workspace).limit(count)
    if before_id is not None:
        query = query.where(ApiToken.id < before_id)
    return db.session.scalars(query).all()


def list_tokens_made_by(person_id: int, workspace_id: int | None = None) -> Sequence[ApiToken]:
    """In force, in one workspace or in all; a token that a token made counts as its person's."""
    query = select(ApiToken).where(
        ApiToken.created_by_id == person_id, ApiToken.revoked_at.is_(None)
    )
    if workspace_id is not None:
        query = query.where(ApiToken.workspace_id == workspace_id)
    return db.session.scalars(query.order_by(ApiToken.id)).all()


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
