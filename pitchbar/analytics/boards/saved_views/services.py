from typing import Any

from sqlalchemy import delete

from pitchbar.analytics.boards.saved_views.errors import SavedViewTaken, TooManySavedViews
from pitchbar.analytics.boards.saved_views.models import SavedView
from pitchbar.analytics.boards.saved_views.queries import (
    count_saved_views,
    find_saved_view_by_key,
)
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.extensions import db
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

MOST_OF_A_WORKSPACE = 100


def save_view(workspace: Workspace, by: Actor, *, name: str, query: str) -> SavedView:
    """Raises SavedViewTaken, TooManySavedViews."""
    lock_workspace(workspace.id)
    _require_free_name(workspace, name)
    if count_saved_views(workspace) >= MOST_OF_A_WORKSPACE:
        raise TooManySavedViews(MOST_OF_A_WORKSPACE)
    view = SavedView(workspace_id=workspace.id, name=name, name_key=_key(name), query=query)
    db.session.add(view)
    db.session.flush()
    record_event("saved_view.created", view, by=by, after=_snapshot(view))
    return view


def rename_view(workspace: Workspace, view: SavedView, by: Actor, *, name: str) -> None:
    """Raises SavedViewTaken."""
    lock_workspace(workspace.id)
    _require_free_name(workspace, name, but_for=view)
    before = _snapshot(view)
    view.name, view.name_key = name, _key(name)
    db.session.flush()
    if _snapshot(view) != before:
        record_event("saved_view.renamed", view, by=by, before=before, after=_snapshot(view))


def delete_view(view: SavedView, by: Actor) -> None:
    record_event("saved_view.deleted", view, by=by, before=_snapshot(view))
    db.session.execute(delete(SavedView).where(SavedView.id == view.id))
    db.session.expunge(view)


def forget_views(event: Event) -> None:
    """All of a workspace that is purged."""
    own = SavedView.workspace_id == int(event.subject.id)
    db.session.execute(delete(SavedView).where(own).execution_options(synchronize_session=False))


def _require_free_name(workspace: Workspace, name: str, but_for: SavedView | None = None) -> None:
    holder = find_saved_view_by_key(workspace, _key(name))
    if holder is not None and holder is not but_for:
        raise SavedViewTaken(holder.name)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _snapshot(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, "query": view.query}
