from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from pitchbar.alerts.errors import RuleNotFound
from pitchbar.alerts.kinds import Kind, find_kind
from pitchbar.alerts.models import Alert, AlertRule, AlertState
from pitchbar.alerts.sentences import describe_rule
from pitchbar.alerts.subjects import codes_of_rules, resting_reason
from pitchbar.codes.models import Code
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

_PER_PAGE = 25


@dataclass(frozen=True)
class RuleRow:
    """A rule as its list shows it. `state` is "raised", "paused", "snoozed", "resting", "quiet"."""

    rule: AlertRule
    kind: Kind | None
    sentence: str
    code: Code | None
    state: str
    resting: str
    last_raised_at: datetime | None


def get_rule(workspace: Workspace, rule_id: int) -> AlertRule:
    """Raises RuleNotFound, also for one of another workspace."""
    mine = (AlertRule.workspace_id == workspace.id, AlertRule.id == min(rule_id, MAX_ID))
    rule = db.session.scalar(select(AlertRule).where(*mine))
    if rule is None:
        raise RuleNotFound
    return rule


def list_rule_rows(workspace: Workspace, now: datetime) -> list[RuleRow]:
    """All of them, the newest first."""
    query = (
        select(AlertRule)
        .where(AlertRule.workspace_id == workspace.id)
        .options(selectinload(AlertRule.addresses), selectinload(AlertRule.channels))
        .order_by(AlertRule.id.desc())
    )
    return rows_of(db.session.scalars(query).all(), now)


def rows_of(rules: Sequence[AlertRule], now: datetime) -> list[RuleRow]:
    codes, ids = codes_of_rules(rules), [rule.id for rule in rules]
    states = select(AlertState.rule_id).where(
        AlertState.rule_id.in_(ids), AlertState.is_open.is_(True)
    )
    opened = set(db.session.scalars(states))
    last = (
        select(Alert.rule_id, func.max(Alert.raised_at))
        .where(Alert.rule_id.in_(ids))
        .group_by(Alert.rule_id)
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(last)]
    raised: dict[int, datetime] = dict(rows)
    return [_row(rule, codes, rule.id in opened, raised.get(rule.id), now) for rule in rules]


def _row(
    rule: AlertRule,
    codes: dict[int, Code],
    is_open: bool,
    last_raised_at: datetime | None,
    now: datetime,
) -> RuleRow:
    code, kind = codes.get(rule.code_id or 0), find_kind(rule.kind)
    resting = resting_reason(rule, code)
    states = {
        "paused": rule.is_paused,
        "resting": bool(resting),
        "snoozed": bool(rule.snoozed_until and rule.snoozed_until > now),
        "raised": is_open and bool(kind and kind.recovers),
    }
    state = next((name for name, holds in states.items() if holds), "quiet")
    sentence = describe_rule(rule.kind, rule)
    return RuleRow(rule, kind, sentence, code, state, resting, last_raised_at)


def list_alerts(workspace: Workspace, number: int, *, rule: AlertRule | None = None) -> Page[Alert]:
    """What was raised, the newest first."""
    query = select(Alert).where(Alert.workspace_id == workspace.id)
    if rule is not None:
        query = query.where(Alert.rule_id == rule.id)
    return paginate(db.session, query.order_by(Alert.id.desc()), number, per_page=_PER_PAGE)
