"""Turns: what must not happen twice at once in a workspace."""

from sqlalchemy import update

from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def lock_workspace(workspace_id: int) -> None:
    """Until the commit, no other request that also takes its turn goes on with this workspace.

    An UPDATE that changes nothing locks the row on PostgreSQL and the file on SQLite alike.
    """
    own = Workspace.id == workspace_id
    changed_rows(db.session, update(Workspace).where(own).values(id=Workspace.id))
