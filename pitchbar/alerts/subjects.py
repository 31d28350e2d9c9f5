"""What a rule watches, by name."""

from collections.abc import Sequence

from pitchbar.alerts.models import AlertRule
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def name_of_subject(rule: AlertRule) -> str:
    if rule.code_id is None:
        return db.session.get_one(Workspace, rule.workspace_id).name
    code = db.session.get(Code, rule.code_id)
    return code.name if code else "A code of before"


def codes_of_rules(rules: Sequence[AlertRule]) -> dict[int, Code]:
    """By id; deleted ones too, as the rule says so."""
    ids = {rule.code_id for rule in rules if rule.code_id}
    found = db.session.query(Code).where(Code.id.in_(ids)) if ids else ()
    return {code.id: code for code in found}


def resting_reason(rule: AlertRule, code: Code | None) -> str:
    """Why a rule cannot find anything; empty where it can."""
    if rule.code_id is None:
        return ""
    if code is None or code.deleted_at:
        return "Its code is deleted"
    return "" if code.status == ACTIVE else "Its code is archived"
