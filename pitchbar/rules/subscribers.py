from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.rules.models import Rule


def register() -> None:
    subscribe("workspace.purged", erase_rules)


def erase_rules(event: Event) -> None:
    db.session.execute(delete(Rule).where(Rule.workspace_id == int(event.subject.id)))
