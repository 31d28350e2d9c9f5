"""From what is typed to what it would have raised."""

from datetime import datetime, timedelta

from pitchbar.alerts.errors import InvalidRule
from pitchbar.alerts.preview import Preview, Question, preview_heard, preview_measured
from pitchbar.alerts.rule_values import RuleValues, require_valid
from pitchbar.alerts.settings import AlertSettings
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def preview_of(workspace: Workspace, values: RuleValues, now: datetime) -> Preview | None:
    """None for what is no rule yet."""
    try:
        kind = require_valid(workspace, values)
    except InvalidRule:
        return None
    if kind.judge is None:
        return preview_heard(kind, workspace, values.code_id, now)
    code = db.session.get(Code, values.code_id) if values.code_id else None
    cooldown = current_settings()[AlertSettings].alert_cooldown_minutes
    question = Question(
        kind,
        values,
        workspace.time_zone,
        code.created_at if code else workspace.created_at,
        timedelta(minutes=cooldown),
    )
    return preview_measured(question, workspace.id, values.code_id, now)
