from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pitchbar.extensions import db
from pitchbar.mailing.models import FAILED, MailRecord


def latest_mail_records(references: Iterable[str]) -> dict[str, MailRecord]:
    """The newest message about each of these things; what had none is missing."""
    newest = (
        select(func.max(MailRecord.id))
        .where(MailRecord.reference.in_(list(references)))
        .group_by(MailRecord.reference)
    )
    records = db.session.scalars(select(MailRecord).where(MailRecord.id.in_(newest)))
    return {record.reference: record for record in records}


@dataclass(frozen=True)
class MailFailures:
    """How many messages failed, and why the last one did."""

    count: int
    reason: str


def find_mail_failures(since: datetime) -> MailFailures | None:
    """None when every message since then was taken."""
    failed = select(MailRecord).where(MailRecord.state == FAILED, MailRecord.finished_at >= since)
    last = db.session.scalar(failed.order_by(MailRecord.finished_at.desc()).limit(1))
    if last is None:
        return None
    count = db.session.scalar(select(func.count()).select_from(failed.subquery())) or 0
    return MailFailures(count, last.reason)
