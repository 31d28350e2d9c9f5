from collections.abc import Sequence

from sqlalchemy import func, select

from pitchbar.analytics.boards.saved_views.errors import SavedViewNotFound
from pitchbar.analytics.boards.saved_views.models import SavedView
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def get_saved_view(workspace: Workspace, view_id: int) -> SavedView:
    """Raises SavedViewNotFound."""
    own = (SavedView.workspace_id == workspace.id, SavedView.id == min(view_id, MAX_ID))
    found = db.session.scalar(select(SavedView).where(*own))
    if found is None:
        raise SavedViewNotFound
    return found


def find_saved_view_by_key(workspace: Workspace, name_key: str) -> SavedView | None:
    own = (SavedView.workspace_id == workspace.id, SavedView.name_key == name_key)
    return db.session.scalar(select(SavedView).where(*own))


def list_saved_views(workspace: Workspace) -> Sequence[SavedView]:
    """By name."""
    own = SavedView.workspace_id == workspace.id
    query = select(SavedView).where(own).order_by(SavedView.name_key)
    return list(db.session.scalars(query))


def count_saved_views(workspace: Workspace) -> int:
    own = SavedView.workspace_id == workspace.id
    return db.session.scalar(select(func.count()).select_from(SavedView).where(own)) or 0
