"""`@requires(right)`: the one door to everything that belongs to a workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request
from flask_login import current_user

from pitchbar.accounts.access import View, ask_to_sign_in
from pitchbar.core.tokens import hash_secret
from pitchbar.errors import DomainError, Forbidden, NotFound
from pitchbar.events.actors import Actor
from pitchbar.extensions import db, request_address
from pitchbar.workspaces.models import ApiToken, Workspace
from pitchbar.workspaces.queries import find_membership, find_token
from pitchbar.workspaces.roles import RIGHTS, role_may
from pitchbar.workspaces.services import note_use


def requires(right: str) -> Callable[[View], View]:
    """Opens the view to members with the right; it gets `workspace` in place of `slug`.

    Signed out: the sign-in. An outsider: 404, as if the workspace did not exist. A member without
    the right: 403.
    """
    if right not in RIGHTS:
        raise KeyError(right)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, slug: str, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            return view(*args, workspace=enter_workspace(slug, right), **kwargs)

        guarded.access = right  # type: ignore[attr-defined]  # read by the guard test
        return cast(View, guarded)

    return decorate


def enter_workspace(slug: str, right: str) -> Workspace:
    """Raises NotFound for outsiders, Forbidden for members without the right."""
    membership = find_membership(current_user, slug)
    if membership is None:
        raise NotFound
    g.workspace = membership.workspace
    g.role = membership.role
    if not role_may(membership.role, right):
        raise Forbidden
    return membership.workspace


def current_actor() -> Actor:
    """Who acts in this request: a program by its token, else the person who is signed in."""
    where = (request.remote_addr or "", request.user_agent.string)
    token: ApiToken | None = g.get("token")
    if token is not None:
        return Actor("token", token.id, token.name, *where)
    return Actor("person", current_user.id, current_user.name, *where)


class Unauthorized(DomainError):
    status = 401
    code = "unauthorized"
    headers = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("Send a valid API token as 'Authorization: Bearer …'.")


def requires_token(scope: str) -> Callable[[View], View]:
    """Opens an API view to a token of the workspace; `scope` is "read" or "read-write"."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, slug: str, **kwargs: Any) -> Any:
            return view(*args, workspace=_workspace_of_token(slug, scope), **kwargs)

        guarded.access = f"token:{scope}"  # type: ignore[attr-defined]  # read by the guard test
        return cast(View, guarded)

    return decorate


def _workspace_of_token(slug: str, scope: str) -> Workspace:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = find_token(secret.strip()) if kind.lower() == "bearer" and secret.strip() else None
    if token is None:
        raise Unauthorized
    if token.workspace.slug != slug:
        raise NotFound
    if scope == "read-write" and token.scope != "read-write":
        raise Forbidden("This token may only read.")
    if note_use(token):
        db.session.commit()
    g.workspace, g.token = token.workspace, token
    return token.workspace


def token_limit_key() -> str:
    """Programs are limited by token; a request without one, by address."""
    header = request.headers.get("Authorization", "")
    return "token:" + hash_secret(header) if header else request_address()
