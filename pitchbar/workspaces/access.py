"""`@requires(right)`: the one door to everything that belongs to a workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import RequestRedirect

from pitchbar.accounts.access import View, redirect_to_sign_in
from pitchbar.errors import Forbidden, NotFound
from pitchbar.extensions import db
from pitchbar.workspaces.errors import WorkspaceBeingDeleted
from pitchbar.workspaces.members.services import touch_membership
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.queries import find_membership, find_new_slug
from pitchbar.workspaces.roles import RIGHTS, RIGHTS_DURING_DELETION, role_may


def requires(right: str) -> Callable[[View], View]:
    """Opens the view to members with the right; it gets `workspace` in place of `slug`.

    Signed out: the sign-in. An outsider: 404, as if the workspace did not exist. A member without
    the right: 403.
    """
    if right not in RIGHTS:
        raise KeyError(f"“{right}” is no right of pitchbar/workspaces/roles.py")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, slug: str, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return redirect_to_sign_in()
            workspace = enter_workspace(slug, right)
            _touch_membership(g.membership)
            return view(*args, workspace=workspace, **kwargs)

        guarded.access = right  # type: ignore[attr-defined]  # read by the guard test
        return cast(View, guarded)

    return decorate


def enter_workspace(slug: str, right: str) -> Workspace:
    """Raises NotFound for outsiders, Forbidden for members without the right,
    WorkspaceBeingDeleted for changes in a workspace that goes, SlugMoved for an old slug.
    """
    membership = find_membership(current_user, slug)
    if membership is None:
        new_slug = find_new_slug(current_user, slug)
        raise SlugMoved.to(new_slug) if new_slug else NotFound
    g.workspace, g.role, g.membership = membership.workspace, membership.role, membership
    if not role_may(membership.role, right):
        raise Forbidden
    if membership.workspace.deletion_asked_at and right not in RIGHTS_DURING_DELETION:
        raise WorkspaceBeingDeleted
    return membership.workspace


def may(right: str) -> bool:
    """Whether the person may do that in the workspace of this request, as it is now."""
    return role_may_in(g.get("workspace"), g.get("role"), right)


def role_may_in(workspace: Workspace | None, role: str | None, right: str) -> bool:
    """Whether somebody in that role may, in a workspace that may be about to go."""
    if workspace and workspace.deletion_asked_at and right not in RIGHTS_DURING_DELETION:
        return False
    return role_may(role, right)


class SlugMoved(RequestRedirect):
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


def _touch_membership(membership: Membership) -> None:
    """A database that takes no writes just now is no reason to refuse a page."""
    if not touch_membership(membership):
        return
    try:
        db.session.commit()
    except OperationalError:
        db.session.rollback()
    except StaleDataError:
        # They left, or were removed, in this very moment.
        db.session.rollback()
        raise NotFound from None
