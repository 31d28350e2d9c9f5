from typing import Any

from sqlalchemy import delete

from pitchbar.analytics.boards.annotations.services import forget_annotations
from pitchbar.analytics.boards.saved_views.services import forget_views
from pitchbar.analytics.sql.late_rows import unroll_days_of_conversions, unroll_days_of_scans
from pitchbar.analytics.sql.models import (
    ConversionBreakdown,
    ConversionMonthBreakdown,
    RolledDay,
    RolledMonth,
    ScanBreakdown,
    ScanMonthBreakdown,
)
from pitchbar.conversions import stored as stored_conversions
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.scans import stored

_TABLES: tuple[Any, ...] = (
    ScanBreakdown,
    ConversionBreakdown,
    RolledDay,
    ScanMonthBreakdown,
    ConversionMonthBreakdown,
    RolledMonth,
)


def register() -> None:
    stored.subscribe(unroll_days_of_scans)
    stored_conversions.subscribe(unroll_days_of_conversions)
    subscribe("workspace.purged", _delete_breakdowns)
    subscribe("workspace.purged", forget_annotations)
    subscribe("workspace.purged", forget_views)
    subscribe("workspace.updated", _unroll_in_another_zone)


def _delete_breakdowns(event: Event) -> None:
    for table in _TABLES:
        of_workspace = table.workspace_id == int(event.subject.id)
        db.session.execute(
            delete(table).where(of_workspace).execution_options(synchronize_session=False)
        )


def _unroll_in_another_zone(event: Event) -> None:
    """Its days begin at other moments from now on."""
    if event.before.get("time_zone") != event.after.get("time_zone"):
        rolled = RolledDay.workspace_id == int(event.subject.id)
        db.session.execute(
            delete(RolledDay)
            .where(rolled, RolledDay.is_final.is_(False))
            .execution_options(synchronize_session=False)
        )
