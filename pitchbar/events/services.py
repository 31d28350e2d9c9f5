"""Records what happened: in the audit log, and for whoever subscribed, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.events.subjects import HasSubject, Subject
from pitchbar.extensions import db


@dataclass(frozen=True)
class Event:
    """A fact, as subscribers hear it. `name` is what webhooks call it too ("code.created").

    `before` and `after` may be whole snapshots; the audit log keeps only what differs.
    """

    name: str
    by: Actor
    subject: Subject
    before: Mapping[str, Any]
    after: Mapping[str, Any]


Subscriber = Callable[[Event], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(name: str, subscriber: Subscriber) -> None:
    """Calls `subscriber(event)` within the transaction of each event of that name."""
    if subscriber not in _subscribers[name]:
        _subscribers[name].append(subscriber)


def record_event(
    name: str,
    about: Subject | HasSubject,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Writes the audit entry and calls the subscribers; an error of theirs undoes all of it."""
    subject = about if isinstance(about, Subject) else about.subject
    event = Event(name, by, subject, before or {}, after or {})
    db.session.add(_audit_entry(event))
    for subscriber in _subscribers[name]:
        subscriber(event)


def _audit_entry(event: Event) -> AuditEntry:
    by, subject = event.by, event.subject
    before, after = _changes(event.before, event.after)
    return AuditEntry(
        workspace_id=subject.workspace_id,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:254],
        action=event.name,
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        subject_name=subject.name[:254],
        before=before,
        after=after,
        ip=by.ip[:45],
        user_agent=by.user_agent[:512],
    )


def purge_audit(now: datetime, keep_days: int) -> int:
    """Forgets entries older than that many days, and returns how many; 0 keeps all."""
    if not keep_days:
        return 0
    old = AuditEntry.at < now - timedelta(days=keep_days)
    return changed_rows(db.session, delete(AuditEntry).where(old))


def delete_audit_log(workspace_id: int) -> None:
    """The log of a workspace goes with the workspace."""
    db.session.execute(delete(AuditEntry).where(AuditEntry.workspace_id == workspace_id))


def delete_account_log(person_id: int) -> None:
    """What happened to an account goes with it; what the person did in workspaces stays there."""
    own = (AuditEntry.workspace_id.is_(None), AuditEntry.subject_kind == "person")
    db.session.execute(delete(AuditEntry).where(*own, AuditEntry.subject_id == str(person_id)))


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Leaves out what is equal on both sides."""
    differing = {
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    return (
        {name: value for name, value in before.items() if name in differing},
        {name: value for name, value in after.items() if name in differing},
    )
