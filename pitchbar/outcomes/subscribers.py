from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.outcomes.models import RuleDay
from pitchbar.outcomes.rollups import add_to_rule_days
from pitchbar.scans import stored


def register() -> None:
    subscribe("workspace.purged", delete_rule_days)
    stored.subscribe(add_to_rule_days)


def delete_rule_days(event: Event) -> None:
    of_workspace = RuleDay.workspace_id == int(event.subject.id)
    db.session.execute(
        delete(RuleDay).where(of_workspace).execution_options(synchronize_session=False)
    )
