"""Tells what happened: to the audit log, and to whoever subscribed, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db


@dataclass(frozen=True)
class Event:
    """A fact. `name` is what webhooks call it too ("code.created").

    `before` and `after` may be whole snapshots: only what differs is kept.
    """

    name: str
    by: Actor
    workspace_id: int | None
    subject_kind: str
    subject_id: int | str
    subject_name: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


Subscriber = Callable[[Event], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(name: str, subscriber: Subscriber) -> None:
    """Calls `subscriber(event)` within the transaction of each event of that name."""
    if subscriber not in _subscribers[name]:
        _subscribers[name].append(subscriber)


def tell(event: Event) -> None:
    """Writes the audit entry and calls the subscribers; an error of theirs undoes all of it."""
    before, after = _changes(event.before, event.after)
    entry = AuditEntry(
        workspace_id=event.workspace_id,
        actor_kind=event.by.kind,
        actor_id=event.by.id,
        actor_name=event.by.name[:254],
        action=event.name,
        subject_kind=event.subject_kind,
        subject_id=str(event.subject_id),
        subject_name=event.subject_name[:254],
        before=before,
        after=after,
        ip=event.by.ip[:45],
        user_agent=event.by.user_agent[:512],
    )
    db.session.add(entry)
    for subscriber in _subscribers[event.name]:
        subscriber(event)


def purge_audit(now: datetime, keep_days: int) -> int:
    """Forgets entries older than that many days, and returns how many; 0 keeps all."""
    if not keep_days:
        return 0
    old = AuditEntry.at < now - timedelta(days=keep_days)
    return changed_rows(db.session, delete(AuditEntry).where(old))


def forget_workspace(workspace_id: int) -> None:
    """The log of a workspace goes with the workspace."""
    db.session.execute(delete(AuditEntry).where(AuditEntry.workspace_id == workspace_id))


def _changes(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Leaves out what is equal on both sides."""
    differing = {
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    return (
        {name: value for name, value in before.items() if name in differing},
        {name: value for name, value in after.items() if name in differing},
    )
