"""The demo's alerts: three rules, and what they raised lately."""

from datetime import timedelta

from pitchbar.accounts.models import Person
from pitchbar.alerts.models import Alert
from pitchbar.alerts.previewing import preview_of
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.alerts.sentences import describe_rule
from pitchbar.alerts.services import create_rule
from pitchbar.alerts.subjects import name_of_subject
from pitchbar.codes.queries import find_first_code
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

_MOST = 3
_RULES = (
    RuleValues("silence", window_minutes=1440, roles=("owner",)),
    RuleValues("spike", threshold=100, window_minutes=180, roles=("owner", "admin")),
    RuleValues("quota", threshold=90, roles=("owner",)),
)


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Its history is what the rules would have raised; nobody is told of it now."""
    by, settings = Actor("person", owner.id, owner.name), current_settings()
    code = find_first_code(workspace)
    for values in _RULES:
        if values.kind == "silence" and code:
            values = RuleValues("silence", code.id, window_minutes=1440, roles=("owner",))
        rule = create_rule(workspace, by, values, app_key=settings.app_key, most=_MOST)
        found = preview_of(workspace, values, clock.now())
        sentence = describe_rule(rule.kind, rule).lower()
        for one in found.raised[-_MOST:] if found else ():
            db.session.add(
                Alert(
                    workspace_id=workspace.id,
                    rule_id=rule.id,
                    code_id=rule.code_id,
                    kind=rule.kind,
                    title=f"{name_of_subject(rule)}: {sentence}",
                    detail=one.detail,
                    figures={},
                    raised_at=one.at,
                    recovered_at=one.recovered_at or one.at + timedelta(hours=1),
                )
            )
    db.session.flush()
