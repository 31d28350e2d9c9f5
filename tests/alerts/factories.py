"""Rules, and the rollups that they look at."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from pitchbar.alerts.evaluation import Outcome, evaluate_rules
from pitchbar.alerts.models import Alert, AlertRule
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.alerts.services import create_rule
from pitchbar.core.database import insert_into
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.models import ScanHour
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# A Wednesday, three minutes past an hour, far from any change of clocks.
NOW = datetime(2026, 7, 15, 12, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
COOLDOWN = timedelta(minutes=60)


def make_rule(workspace: Workspace, kind: str = "scans_over", **values: Any) -> AlertRule:
    values = {"roles": ("owner",)} | values
    if kind in ("scans_over", "scans_under", "spike", "drop"):
        values = {"threshold": 10, "window_minutes": 180} | values
    if kind == "silence":
        values = {"window_minutes": 180} | values
    if kind == "quota":
        values = {"threshold": 90} | values
    key = current_settings().app_key
    rule = create_rule(workspace, SYSTEM, RuleValues(kind, **values), app_key=key, most=1000)
    db.session.commit()
    return rule


def set_hours(workspace_id: int, code_id: int, people: Mapping[datetime, int]) -> None:
    """People in each of these hours, for the code (0: for the workspace)."""
    for at, count in people.items():
        row = {"workspace_id": workspace_id, "code_id": code_id, "hour_at": at}
        statement = insert_into(db.session.connection(), ScanHour).values(
            **row, hits=count, people=count, unique_people=count
        )
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=list(row), set_={"people": statement.excluded.people}
            )
        )
    db.session.commit()


def hours_before(end: datetime, count: int, people: int) -> dict[datetime, int]:
    """The same number in each of so many hours up to `end`."""
    return {end - HOUR * back: people for back in range(1, count + 1)}


def long_ago(workspace: Workspace) -> None:
    """The workspace is a year old."""
    workspace.created_at = NOW - timedelta(days=365)
    db.session.commit()


def evaluate(now: datetime = NOW, **options: Any) -> Outcome:
    options = {"cooldown": COOLDOWN} | options
    outcome = evaluate_rules(now, **options)
    db.session.expire_all()
    return outcome


def the_alerts() -> list[Alert]:
    db.session.expire_all()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))
