from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.rules.models import Rule


def list_rules(code: Code) -> list[Rule]:
    """In the order in which they are asked, those that are switched off included."""
    own = (Rule.workspace_id == code.workspace_id, Rule.code_id == code.id)
    return list(db.session.scalars(select(Rule).where(*own).order_by(Rule.position, Rule.id)))


def count_rules(code: Code) -> int:
    own = (Rule.workspace_id == code.workspace_id, Rule.code_id == code.id)
    return db.session.scalar(select(func.count()).select_from(Rule).where(*own)) or 0
