"""The demo's alerts: four rules, and what they raised lately."""

from dataclasses import replace
from datetime import timedelta

from pitchbar.accounts.models import Person
from pitchbar.alerts.models import Alert, AlertRule
from pitchbar.alerts.preview import Raised
from pitchbar.alerts.previewing import preview_of
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.alerts.sentences import describe_rule
from pitchbar.alerts.services import create_rule
from pitchbar.alerts.subjects import name_of_subject
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

_MOST = 4
_SHOWN = 3
_RULES = (
    RuleValues("silence", window_minutes=1440, roles=("owner",)),
    RuleValues("spike", threshold=100, window_minutes=180, roles=("owner", "admin")),
    RuleValues("quota", threshold=90, roles=("owner",)),
)


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Its history is what the rules would have raised; nobody is told of it now."""
    by, app_key = Actor("person", owner.id, owner.name), current_settings().app_key
    for values in (*_RULES, _find_crowds(workspace)):
        rule = create_rule(workspace, by, values, app_key=app_key, most=_MOST)
        found = preview_of(workspace, values, clock.now())
        for one in found.raised[-_SHOWN:] if found else ():
            db.session.add(_past_alert(rule, one))
    db.session.flush()


def _find_crowds(workspace: Workspace) -> RuleValues:
    """As many scans in three hours as came but a few times in the demo's month."""
    values = RuleValues("scans_over", window_minutes=180, roles=("owner",))
    for threshold in (300, 200, 150, 100, 80, 60, 50, 40, 30, 20, 15, 10):
        values = replace(values, threshold=threshold)
        found = preview_of(workspace, values, clock.now())
        if found and found.raised:
            break
    return values


def _past_alert(rule: AlertRule, one: Raised) -> Alert:
    sentence = describe_rule(rule.kind, rule)
    return Alert(
        workspace_id=rule.workspace_id,
        rule_id=rule.id,
        code_id=rule.code_id,
        kind=rule.kind,
        title=f"{name_of_subject(rule)}: {sentence[0].lower()}{sentence[1:]}",
        detail=one.detail,
        figures={},
        raised_at=one.at,
        recovered_at=one.recovered_at or one.at + timedelta(hours=1),
    )
