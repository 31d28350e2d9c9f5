"""Which workspaces are to be told of their week, and the mail that tells."""

from datetime import date, datetime

from sqlalchemy import select, update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows, insert_into
from pitchbar.extensions import db
from pitchbar.summaries.loading import load_week
from pitchbar.summaries.mail import TEMPLATE, message_about, picture_of
from pitchbar.summaries.models import WeeklySummary
from pitchbar.summaries.services import LIST, list_recipients
from pitchbar.summaries.weeks import find_due_week
from pitchbar.workspaces.mailing_lists.services import queue_list_mail
from pitchbar.workspaces.models import Workspace


def list_due(now: datetime, hour: int) -> list[tuple[int, date]]:
    """Workspaces in whose zone it is Monday, that hour or later, and that were not told yet; and
    the first day of the week.
    """
    zones = db.session.scalars(select(Workspace.time_zone).distinct()).all()
    due = {zone: first for zone in zones if (first := find_due_week(now, zone, hour))}
    return [
        (workspace_id, first)
        for zone, first in due.items()
        for workspace_id in _list_untold(zone, first)
    ]


def send_summary(workspace: Workspace, first: date) -> int:
    """Queues the mail to all members who want it; returns to how many. Once for each week, and
    nothing of a workspace where nothing happened. Raises EngineUnavailable.
    """
    emails, week = list_recipients(workspace), load_week(workspace, first)
    if not _claim(workspace.id, first) or week.is_empty or not emails:
        return 0
    queue_list_mail(
        TEMPLATE,
        workspace_id=workspace.id,
        list_key=LIST,
        to=emails,
        pictures=(picture_of(week),),
        **message_about(workspace, week),
    )
    mine = (WeeklySummary.workspace_id == workspace.id, WeeklySummary.first_day == first)
    changed_rows(db.session, update(WeeklySummary).where(*mine).values(recipients=len(emails)))
    return len(emails)


def find_summary(workspace: Workspace, first: date) -> WeeklySummary | None:
    return db.session.get(WeeklySummary, (workspace.id, first))


def _list_untold(zone: str, first: date) -> list[int]:
    told = select(WeeklySummary.workspace_id).where(WeeklySummary.first_day == first)
    query = select(Workspace.id).where(
        Workspace.time_zone == zone,
        Workspace.deletion_asked_at.is_(None),
        Workspace.purged_at.is_(None),
        Workspace.id.not_in(told),
    )
    return list(db.session.scalars(query))


def _claim(workspace_id: int, first: date) -> bool:
    """Of two jobs at once, one sends: its mail and this row are one transaction."""
    row = {"workspace_id": workspace_id, "first_day": first, "made_at": clock.now()}
    fresh = insert_into(db.session.connection(), WeeklySummary).on_conflict_do_nothing()
    claimed = fresh.values(recipients=0, **row).returning(WeeklySummary.workspace_id)
    return db.session.scalar(claimed) is not None
