"""Errors within a workspace keep its frame, and name who can help."""

import re

from flask import g, request
from flask_login import current_user

from pitchbar.core.features import ErrorFrame
from pitchbar.core.form_pages import find_form_page, find_page_above
from pitchbar.extensions import db
from pitchbar.workspaces.members.queries import find_owner
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.queries import find_membership, find_new_slug

# What a role or a plan forbids, somebody else can allow.
_ASKABLE = (402, 403)


def frame_of_error(_status: int) -> ErrorFrame | None:
    """For members alone: whoever else asks shall not learn that there is a workspace."""
    path = re.match(r"/w/([^/]+)(/|$)", request.path)
    if path is None:
        return None
    # What failed may have left it unusable, and they may have left the workspace.
    db.session.rollback()
    g.pop("workspace", None)
    if not current_user.is_authenticated:
        return None
    membership = _find_membership(path[1])
    if membership is None:
        return None
    g.workspace, g.role, g.membership = membership.workspace, membership.role, membership
    path_now = request.path.replace(path[0], f"/w/{membership.workspace.slug}{path[2]}", 1)
    return ErrorFrame("errors/in_workspace.html", {"way_back": _way_back(path_now)})


def _find_membership(slug: str) -> Membership | None:
    """Also by a slug that the workspace had before: a page may have stood open since."""
    membership = find_membership(current_user, slug)
    new_slug = None if membership else find_new_slug(current_user, slug)
    return find_membership(current_user, new_slug) if new_slug else membership


def _way_back(path: str) -> str | None:
    """The page of the form that was refused, else the nearest one above."""
    return find_form_page(path) if request.method == "POST" else find_page_above(path)


def ask_owner(status: int) -> str:
    """Who can do what this person may not, by name; empty when that is no question."""
    workspace = g.get("workspace")
    if workspace is None or status not in _ASKABLE:
        return ""
    owner = find_owner(workspace)
    if owner is None or owner.person_id == current_user.id:
        return ""
    return f"{owner.person.name} owns this workspace and can help: ask them."
