from datetime import date

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, enqueue, every, task
from pitchbar.settings import current_settings
from pitchbar.summaries import sending
from pitchbar.summaries.settings import SummarySettings
from pitchbar.workspaces.models import Workspace


@task(queue=Queue.DEFAULT, timeout=300, schedule=every.minutes(15), missed="skip")
def begin_summaries() -> None:
    """Finds the workspaces in whose zone it is Monday morning."""
    hour = current_settings()[SummarySettings].summary_hour
    for workspace_id, first in sending.list_due(clock.now(), hour):
        key = f"summary:{workspace_id}:{first}"
        enqueue(send_summary, workspace_id, first.isoformat(), unique=key)
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=8, timeout=120)
def send_summary(workspace_id: int, first_day: str) -> None:
    """Sends the mail about a week to the members of one workspace."""
    workspace = db.session.get(Workspace, workspace_id)
    if workspace is None or workspace.deletion_asked_at or workspace.purged_at:
        return
    sending.send_summary(workspace, date.fromisoformat(first_day))
    db.session.commit()
