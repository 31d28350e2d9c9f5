from datetime import datetime

from sqlalchemy import select

from pitchbar.analytics.reconciliation.models import ReconciledHour
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db

_PER_PAGE = 48


def list_hours(number: int) -> Page[ReconciledHour]:
    """Newest first."""
    query = select(ReconciledHour).order_by(ReconciledHour.hour_at.desc())
    return paginate(db.session, query, number, _PER_PAGE)


def list_wrong_since(since: datetime) -> list[ReconciledHour]:
    """Hours looked at since then that do not come to what was accepted, oldest first."""
    rows = db.session.scalars(
        select(ReconciledHour)
        .where(ReconciledHour.checked_at >= since)
        .order_by(ReconciledHour.hour_at)
    )
    return [row for row in rows if row.is_wrong]


def list_rebuilt_since(since: datetime) -> list[ReconciledHour]:
    return list(
        db.session.scalars(
            select(ReconciledHour)
            .where(ReconciledHour.rebuilt_at >= since)
            .order_by(ReconciledHour.hour_at)
        )
    )
