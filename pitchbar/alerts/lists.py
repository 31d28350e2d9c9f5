"""The mailing lists of alerts: each one alone, and all of a workspace."""

from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.services import subject_of
from pitchbar.extensions import db
from pitchbar.workspaces.mailing_lists.kinds import declare_list


def declare_lists() -> None:
    declare_list("alert", _describe_rule, wider="alerts", short="this alert")
    declare_list("alerts", lambda _workspace_id, _rest: "any alert")


def _describe_rule(workspace_id: int, rule_id: str) -> str:
    rule = db.session.get(AlertRule, int(rule_id)) if rule_id.isdigit() else None
    if rule is None or rule.workspace_id != workspace_id:
        return ""
    return f"this alert: {subject_of(rule).name}"
