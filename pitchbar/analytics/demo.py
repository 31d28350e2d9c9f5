"""The demo's boards: a saved view, and notes on days on which something happened."""

from datetime import date, timedelta

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.analytics.sql.months import list_open_months, sum_month
from pitchbar.analytics.sql.open_days import list_open_days
from pitchbar.analytics.sql.rolling import roll_day
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

_MOST_DAYS = 1000


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
    _roll_all()


def _roll_all() -> None:
    """As the job does within its first hour: until then boards of the demo would be slow."""
    today = clock.now().date()
    with db.engine.connect() as connection:
        days = list_open_days(connection, date.min, today, _MOST_DAYS)
    for day in days:
        roll_day(db.engine, day)
    with db.engine.connect() as connection:
        months = list_open_months(connection, today)
    for month in months:
        sum_month(db.engine, month)
