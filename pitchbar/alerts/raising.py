"""An alert is raised, and is over: written down, told, and heard of as "alert.raised"."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pitchbar.alerts.bell import tell_bells
from pitchbar.alerts.claims import claim_raising, claim_recovery, remember_alert
from pitchbar.alerts.judging import Verdict
from pitchbar.alerts.kinds import Kind
from pitchbar.alerts.models import Alert, AlertRule
from pitchbar.alerts.notices import notify
from pitchbar.alerts.sentences import measured_detail, rule_sentence
from pitchbar.alerts.subjects import name_of_subject
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Attributes:
        subject_key: tells apart what one rule may find at the same time; empty: nothing does.
        name: of what it is about; the rule's own subject unless told.
        sentence: what happened; as the rule says it unless told.
    """

    detail: str
    figures: dict[str, Any] = field(default_factory=dict)
    subject_key: str = ""
    name: str = ""
    sentence: str = ""
    code_id: int | None = None


def raise_measured(
    rule_id: int, kind: Kind, verdict: Verdict, now: datetime, cooldown: timedelta
) -> bool:
    """Whether it was raised: not where somebody else did, or it was raised lately."""
    rule = db.session.get(AlertRule, rule_id)
    if rule is None:
        return False
    figures = {
        "value": verdict.value,
        "expected": None if verdict.expected is None else round(verdict.expected, 1),
        "threshold": rule.threshold,
        "window_minutes": rule.window_minutes,
    }
    finding = Finding(measured_detail(kind, rule, verdict), figures)
    return raise_alert(rule, kind, finding, now, cooldown)


def raise_alert(
    rule: AlertRule, kind: Kind, finding: Finding, now: datetime, cooldown: timedelta
) -> bool:
    key = finding.subject_key
    if not claim_raising(rule.id, rule.workspace_id, key, now, cooldown):
        return False
    sentence = finding.sentence or rule_sentence(kind, rule)
    name = finding.name or name_of_subject(rule)
    alert = Alert(
        workspace_id=rule.workspace_id,
        rule_id=rule.id,
        code_id=finding.code_id or rule.code_id,
        kind=kind.key,
        title=f"{name}: {sentence[0].lower()}{sentence[1:]}"[:300],
        detail=finding.detail[:1000],
        figures=finding.figures,
        raised_at=now,
    )
    db.session.add(alert)
    db.session.flush()
    remember_alert(rule.id, key, alert.id)
    record_event("alert.raised", alert, by=SYSTEM, after=as_told(alert))
    notify(rule, alert)
    tell_bells(alert.workspace_id)
    return True


def recover_measured(rule_id: int, verdict: Verdict, now: datetime) -> bool:
    rule = db.session.get(AlertRule, rule_id)
    return rule is not None and recover(rule, "", now, value=verdict.value)


def recover(rule: AlertRule, subject_key: str, now: datetime, *, value: int | None = None) -> bool:
    """Whether this call closed it. While the rule is snoozed, nobody is told."""
    alert_id = claim_recovery(rule.id, subject_key)
    alert = db.session.get(Alert, alert_id) if alert_id else None
    if alert is None or alert.recovered_at:
        return False
    alert.recovered_at = now
    if value is not None:
        alert.figures = alert.figures | {"value_after": value}
    record_event("alert.recovered", alert, by=SYSTEM, after=as_told(alert))
    if not (rule.snoozed_until and rule.snoozed_until > now):
        notify(rule, alert)
    tell_bells(alert.workspace_id)
    return True


def as_told(alert: Alert) -> dict[str, Any]:
    """What programs get of it."""
    return {
        "id": alert.id,
        "kind": alert.kind,
        "title": alert.title,
        "detail": alert.detail,
        "code_id": alert.code_id,
        "rule_id": alert.rule_id,
        "raised_at": alert.raised_at.isoformat(),
        "recovered_at": alert.recovered_at.isoformat() if alert.recovered_at else None,
        **alert.figures,
    }
