"""`@requires_token(scope)`: the one door for programs to what belongs to a workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Blueprint, g, request
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.access import View
from pitchbar.api.settings import ApiSettings
from pitchbar.errors import DomainError, Forbidden, NotFound
from pitchbar.extensions import db, limiter, request_address
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import SlugMoved
from pitchbar.workspaces.errors import WorkspaceBeingDeleted
from pitchbar.workspaces.models import ApiToken, Workspace
from pitchbar.workspaces.queries import find_role, had_slug
from pitchbar.workspaces.roles import role_may
from pitchbar.workspaces.tokens.queries import find_token
from pitchbar.workspaces.tokens.services import touch_token


class Unauthorized(DomainError):
    status = 401
    code = "unauthorized"
    headers = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("Send a valid API token as 'Authorization: Bearer …'.")


def requires_token(scope: str) -> Callable[[View], View]:
    """Opens an API view to a token of the workspace; `scope` is "read" or "read-write". An address
    without a slug is about the token's own workspace.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, slug: str | None = None, **kwargs: Any) -> Any:
            return view(*args, workspace=_workspace_of_token(slug, scope), **kwargs)

        guarded.access = f"token:{scope}"  # type: ignore[attr-defined]  # read by the guard test
        return cast(View, guarded)

    return decorate


def require_right_of_creator(right: str) -> None:
    """For what not even every admin may do: the token's maker must have the right today.

    A token that was made on the command line comes from whoever runs the installation.

    Raises:
        Forbidden: the maker has not (any more) the role for it.
    """
    token: ApiToken = g.token
    if token.created_by_operator:
        return
    role = find_role(token.workspace, token.created_by_id)
    if role is None or not role_may(role, right):
        raise Forbidden("The person who made this token may not do this.")


def _workspace_of_token(slug: str | None, scope: str) -> Workspace:
    token = _sent_token()
    if token is None:
        raise Unauthorized
    workspace = token.workspace
    if slug is not None and workspace.slug != slug:
        raise SlugMoved.to(workspace.slug) if had_slug(workspace, slug) else NotFound
    if scope == "read-write" and token.scope != "read-write":
        raise Forbidden("This token may only read.")
    if scope == "read-write" and workspace.deletion_asked_at:
        raise WorkspaceBeingDeleted
    if touch_token(token):
        db.session.commit()
    # Answers are kept for a repeated request by token.
    g.workspace, g.token, g.client_id = token.workspace, token, token.id
    return token.workspace


def _sent_token() -> ApiToken | None:
    """Looked up once in a request: the limit asks before the view does."""
    if "sent_token" not in g:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        secret = secret.strip() if kind.lower() == "bearer" else ""
        g.sent_token = find_token(secret) if secret else None
    found: ApiToken | None = g.sent_token
    return found


def token_limit_key() -> str:
    """Programs are limited by token; whoever sends no valid one, by address."""
    try:
        token = _sent_token()
    except SQLAlchemyError:  # the view will say so
        token = None
    return f"token:{token.id}" if token else request_address()


def workspace_limit_key() -> str:
    """More tokens are no more budget; whoever sends no valid one is limited by address."""
    try:
        token = _sent_token()
    except SQLAlchemyError:  # the view will say so
        token = None
    return f"workspace:{token.workspace_id}" if token else request_address()


def _api_rate() -> str:
    settings = current_settings()
    return settings[ApiSettings].ratelimit_api


def _workspace_rate() -> str:
    settings = current_settings()
    return settings[ApiSettings].ratelimit_api_workspace


_token_limit = limiter.shared_limit(_api_rate, scope="api", key_func=token_limit_key)
_workspace_limit = limiter.shared_limit(
    _workspace_rate, scope="api-workspace", key_func=workspace_limit_key
)


def shared_limit(bp: Blueprint) -> None:
    """For the blueprints of the API: over all of them one budget for each token, and one for all
    tokens of a workspace. The narrower comes first: what it refuses costs the others nothing.
    """
    _token_limit(bp)
    _workspace_limit(bp)
