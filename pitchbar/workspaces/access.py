"""`@requires(right)`: the one door to everything that belongs to a workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.routing import RequestRedirect

from pitchbar.accounts.access import View, ask_to_sign_in
from pitchbar.accounts.models import Person
from pitchbar.api.settings import ApiSettings
from pitchbar.errors import DomainError, Forbidden, NotFound
from pitchbar.events.actors import Actor
from pitchbar.extensions import db, limiter, request_address
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import BeingDeleted
from pitchbar.workspaces.members import note_presence
from pitchbar.workspaces.models import ApiToken, Membership, Workspace
from pitchbar.workspaces.queries import (
    find_membership,
    find_new_slug,
    find_role,
    find_token,
    had_slug,
)
from pitchbar.workspaces.roles import KEPT_RIGHTS, RIGHTS, role_may
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
            workspace = enter_workspace(slug, right)
            _note_presence(g.membership)
            return view(*args, workspace=workspace, **kwargs)

        guarded.access = right  # type: ignore[attr-defined]  # read by the guard test
        return cast(View, guarded)

    return decorate


def enter_workspace(slug: str, right: str) -> Workspace:
    """Raises NotFound for outsiders, Forbidden for members without the right, BeingDeleted for
    changes in a workspace that goes, Moved where the slug is an old one.
    """
    membership = find_membership(current_user, slug)
    if membership is None:
        new_slug = find_new_slug(current_user, slug)
        raise Moved.to(new_slug) if new_slug else NotFound
    g.workspace, g.role, g.membership = membership.workspace, membership.role, membership
    if not role_may(membership.role, right):
        raise Forbidden
    if membership.workspace.deletion_asked_at and right not in KEPT_RIGHTS:
        raise BeingDeleted
    return membership.workspace


def may(right: str) -> bool:
    """Whether the person may do that in the workspace of this request, as it is now."""
    workspace: Workspace | None = g.get("workspace")
    if workspace and workspace.deletion_asked_at and right not in KEPT_RIGHTS:
        return False
    return role_may(g.get("role"), right)


class Moved(RequestRedirect):
    """The same page under the slug that the workspace has now."""

    code = 302

    @classmethod
    def to(cls, new_slug: str) -> Exception:
        """Only what reads is led on: a form that was sent must not be sent twice."""
        if request.method not in ("GET", "HEAD"):
            return NotFound()
        parts = {**(request.view_args or {}), "slug": new_slug}
        query = request.query_string.decode("latin-1")
        return cls(url_for(request.endpoint or "", **parts) + (f"?{query}" if query else ""))


def _note_presence(membership: Membership) -> None:
    """A database that takes no writes just now is no reason to refuse a page."""
    if not note_presence(membership):
        return
    try:
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def person_actor(person: Person) -> Actor:
    return Actor("person", person.id, person.name, *_where())


def current_actor() -> Actor:
    """Who acts in this request: a program by its token, else the person who is signed in."""
    token: ApiToken | None = g.get("token")
    if token is not None:
        return Actor("token", token.id, token.name, *_where())
    return person_actor(current_user)


def _where() -> tuple[str, str]:
    return request.remote_addr or "", request.user_agent.string


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


def require_right_of_maker(right: str) -> None:
    """For what not even every admin may do: the token's maker must have the right today.

    A token that was made on the command line comes from whoever runs the installation.

    Raises:
        Forbidden: the maker has not (any more) the role for it.
    """
    token: ApiToken = g.token
    if token.made_by_operator:
        return
    role = find_role(token.workspace, token.created_by_id)
    if role is None or not role_may(role, right):
        raise Forbidden("The person who made this token may not do this.")


def _workspace_of_token(slug: str, scope: str) -> Workspace:
    token = _sent_token()
    if token is None:
        raise Unauthorized
    workspace = token.workspace
    if workspace.slug != slug:
        raise Moved.to(workspace.slug) if had_slug(workspace, slug) else NotFound
    if scope == "read-write" and token.scope != "read-write":
        raise Forbidden("This token may only read.")
    if scope == "read-write" and workspace.deletion_asked_at:
        raise BeingDeleted
    if note_use(token):
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


def _api_rate() -> str:
    settings = current_settings()
    return settings[ApiSettings].ratelimit_api


# For the blueprints of the API: one budget for each token over all of them.
shared_limit = limiter.shared_limit(_api_rate, scope="api", key_func=token_limit_key)
