"""The demo's boards: a saved view, and notes on days on which something happened."""

from datetime import timedelta

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Commits."""
    save_view(workspace, SYSTEM, name="Guests from abroad", query="country=%21GB&tab=language")
    today = clock.local_date(clock.now(), workspace.time_zone)
    add_annotation(
        workspace, SYSTEM, day=today - timedelta(days=19), text="Posters up at the station"
    )
    wanted = (Code.workspace_id == workspace.id, Code.short_code == "menu")
    code = db.session.scalars(select(Code).where(*wanted)).first()
    add_annotation(
        workspace,
        SYSTEM,
        day=today - timedelta(days=8),
        text="New table cards",
        code_id=code.id if code else None,
    )
    db.session.commit()
