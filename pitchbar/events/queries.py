from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from pitchbar.core.pagination import Page, paginate
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db


@dataclass(frozen=True)
class AuditFilter:
    """What to show; empty parts hold nothing back. `since` and `until` are inclusive."""

    action: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_entries(workspace_id: int | None, wanted: AuditFilter, number: int) -> Page[AuditEntry]:
    """A page of the log, newest first; without a workspace, the operators' acts."""
    return paginate(db.session, _entries(workspace_id, wanted), number, per_page=50)


def each_entry(workspace_id: int | None, wanted: AuditFilter) -> Iterator[AuditEntry]:
    """All entries, newest first, read in portions."""
    yield from db.session.scalars(_entries(workspace_id, wanted).execution_options(yield_per=500))


def list_actions(workspace_id: int | None) -> list[str]:
    """The actions that occur in this log, by name."""
    query = select(AuditEntry.action).where(_in_workspace(workspace_id)).distinct()
    return sorted(db.session.scalars(query))


def _entries(workspace_id: int | None, wanted: AuditFilter) -> Select[AuditEntry]:
    query = select(AuditEntry).where(_in_workspace(workspace_id)).order_by(AuditEntry.id.desc())
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.actor:
        query = query.where(AuditEntry.actor_name.icontains(wanted.actor, autoescape=True))
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at <= wanted.until)
    return query


def _in_workspace(workspace_id: int | None) -> ColumnElement[bool]:
    if workspace_id is None:
        return AuditEntry.workspace_id.is_(None)
    return AuditEntry.workspace_id == workspace_id
