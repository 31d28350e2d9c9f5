from sqlalchemy import ColumnElement, delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.link_health.destinations import sync_links
from pitchbar.link_health.models import Link, LinkSpan

_LEADS_ELSEWHERE = ("destination_url", "ends_at", "status")


def register() -> None:
    for name in ("code.created", "code.restored", "code.rules_changed"):
        subscribe(name, begin_links)
    subscribe("code.updated", follow_change)
    subscribe("code.archived", end_links)
    subscribe("code.deleted", end_links)
    subscribe("workspace.purged", delete_links)


def begin_links(event: Event) -> None:
    sync_links([int(event.subject.id)])


def follow_change(event: Event) -> None:
    before, after = event.before, event.after
    if any(before.get(name) != after.get(name) for name in _LEADS_ELSEWHERE):
        begin_links(event)


def end_links(event: Event) -> None:
    """Nobody is led there any more; what was found stays in the history."""
    _delete(Link.code_id == int(event.subject.id))


def delete_links(event: Event) -> None:
    """All that was found about the destinations of the workspace goes with it."""
    _delete(Link.workspace_id == int(event.subject.id))
    mine = LinkSpan.workspace_id == int(event.subject.id)
    db.session.execute(delete(LinkSpan).where(mine).execution_options(synchronize_session=False))


def _delete(those: ColumnElement[bool]) -> None:
    db.session.execute(delete(Link).where(those).execution_options(synchronize_session=False))
