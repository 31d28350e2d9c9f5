from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.scans.models import (
    AcceptedHour,
    ErasedVisitor,
    RejectedLine,
    Scan,
    ScanDay,
    ScanHour,
    ScanVisitor,
    UnrecordedScans,
    VisitorSalt,
)
from pitchbar.scans.outward import declare_events
from pitchbar.scans.usage import count_by_day, is_quota_in_force
from pitchbar.workspaces.plan_usage import declare_monthly
from pitchbar.workspaces.plans import SCANS

_TABLES = (
    Scan,
    ScanHour,
    ScanDay,
    ScanVisitor,
    UnrecordedScans,
    AcceptedHour,
    RejectedLine,
    ErasedVisitor,
    VisitorSalt,
)


def register() -> None:
    subscribe("workspace.purged", delete_scans)
    declare_events()
    declare_monthly(SCANS, count_by_day, is_quota_in_force)


def delete_scans(event: Event) -> None:
    """All scans of the workspace and their rollups go with it."""
    for model in _TABLES:
        of_workspace = model.workspace_id == int(event.subject.id)
        db.session.execute(
            delete(model).where(of_workspace).execution_options(synchronize_session=False)
        )
