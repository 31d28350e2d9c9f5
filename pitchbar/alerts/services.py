"""Rules are made, changed, silenced and removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from pitchbar.accounts.queries import normalise_email
from pitchbar.alerts.bell import tell_bells
from pitchbar.alerts.errors import InvalidRule, TooManyRules
from pitchbar.alerts.minutes import forget_wanted
from pitchbar.alerts.models import Alert, AlertAddress, AlertChannel, AlertRule, AlertState
from pitchbar.alerts.rule_values import RuleValues, require_valid
from pitchbar.alerts.sentences import describe_rule
from pitchbar.alerts.subjects import name_of_subject
from pitchbar.clients.notices import ChatAddress, read_chat_address
from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.core.encryption import encrypt
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

MOST_ADDRESSES = 10
MOST_CHANNELS = 5


def create_rule(
    workspace: Workspace, by: Actor, values: RuleValues, *, app_key: str, most: int
) -> AlertRule:
    """Raises InvalidRule, TooManyRules."""
    require_valid(workspace, values)
    mine = AlertRule.workspace_id == workspace.id
    if (db.session.scalar(select(func.count(AlertRule.id)).where(mine)) or 0) >= most:
        raise TooManyRules(most)
    rule = AlertRule(workspace_id=workspace.id, kind=values.kind)
    _take(rule, values, app_key)
    db.session.add(rule)
    db.session.flush()
    _record("alert_rule.created", rule, by, after=_snapshot(rule))
    return rule


def update_rule(
    workspace: Workspace, rule: AlertRule, by: Actor, values: RuleValues, *, app_key: str
) -> None:
    """What it watches may change with it, so it begins anew: what is open is closed untold.

    Raises:
        InvalidRule
    """
    require_valid(workspace, values)
    before, watched = _snapshot(rule), _watched(rule)
    _take(rule, values, app_key)
    if _watched(rule) != watched:
        _close_open(rule)
    db.session.flush()
    _record("alert_rule.updated", rule, by, before=before, after=_snapshot(rule))


def delete_rule(rule: AlertRule, by: Actor) -> None:
    """What it raised stays in the history."""
    _close_open(rule)
    _record("alert_rule.deleted", rule, by, before=_snapshot(rule))
    db.session.delete(rule)
    db.session.flush()


def pause_rule(rule: AlertRule, by: Actor) -> None:
    if not rule.is_paused:
        rule.is_paused = True
        _close_open(rule)
        _record("alert_rule.paused", rule, by)


def resume_rule(rule: AlertRule, by: Actor) -> None:
    if rule.is_paused:
        rule.is_paused = False
        _record("alert_rule.resumed", rule, by)


def snooze_rule(rule: AlertRule, by: Actor, until: datetime) -> None:
    """Until then it raises nothing, and of what is open nobody is told any more."""
    rule.snoozed_until = until
    _record("alert_rule.snoozed", rule, by, after={"until": until.isoformat()})


def wake_rule(rule: AlertRule, by: Actor) -> None:
    if rule.snoozed_until:
        rule.snoozed_until = None
        _record("alert_rule.woken", rule, by)


def subject_of(rule: AlertRule) -> Subject:
    name = f"{name_of_subject(rule)}: {describe_rule(rule.kind, rule)}"
    return Subject("alert_rule", rule.id, name[:254], rule.workspace_id)


def _take(rule: AlertRule, values: RuleValues, app_key: str) -> None:
    rule.code_id = values.code_id
    rule.threshold, rule.window_minutes = values.threshold, values.window_minutes
    rule.roles = ",".join(values.roles)
    _take_addresses(rule, values)
    _take_channels(rule, values, app_key)


def _take_addresses(rule: AlertRule, values: RuleValues) -> None:
    wanted = list(dict.fromkeys(normalise_email(email) for email in values.emails))
    if len(wanted) > MOST_ADDRESSES:
        raise InvalidRule(emails=f"Use at most {MOST_ADDRESSES} addresses, or a role.")
    kept = [each for each in rule.addresses if each.email in wanted]
    known = {each.email for each in kept}
    new = [
        AlertAddress(workspace_id=rule.workspace_id, email=email)
        for email in wanted
        if email not in known
    ]
    rule.addresses = [*kept, *new]


def _take_channels(rule: AlertRule, values: RuleValues, app_key: str) -> None:
    kept = [each for each in rule.channels if each.id not in values.dropped_channels]
    new = [_channel(rule, _read_chat(typed), app_key) for typed in values.chats]
    if len(kept) + len(new) > MOST_CHANNELS:
        raise InvalidRule(chats=f"Use at most {MOST_CHANNELS} places in chats.")
    rule.channels = [*kept, *new]


def _read_chat(typed: str) -> ChatAddress:
    address = read_chat_address(typed)
    if address is None:
        raise InvalidRule(
            chats=f"“{typed[:40]}” is no address that Slack, Teams, Discord or ntfy gives out."
        )
    return address


def _channel(rule: AlertRule, chat: ChatAddress, app_key: str) -> AlertChannel:
    return AlertChannel(
        workspace_id=rule.workspace_id,
        service=chat.service,
        label=chat.label,
        encrypted=encrypt(chat.address, app_key),
    )


def _close_open(rule: AlertRule) -> None:
    """Of a rule that watches this no more; its cool-down ends, too."""
    of_rule = (Alert.rule_id == rule.id, Alert.recovered_at.is_(None))
    db.session.execute(update(Alert).where(*of_rule).values(recovered_at=clock.now()))
    db.session.execute(delete(AlertState).where(AlertState.rule_id == rule.id))
    tell_bells(rule.workspace_id)


def _watched(rule: AlertRule) -> tuple[Any, ...]:
    return rule.kind, rule.code_id, rule.threshold, rule.window_minutes


def _snapshot(rule: AlertRule) -> dict[str, Any]:
    """What the audit log keeps: how many places in chats, never which."""
    return {
        "kind": rule.kind,
        "code_id": rule.code_id,
        "threshold": rule.threshold,
        "window_minutes": rule.window_minutes,
        "roles": rule.role_names,
        "emails": [each.email for each in rule.addresses],
        "chats": [each.label for each in rule.channels],
    }


def _record(name: str, rule: AlertRule, by: Actor, **details: Any) -> None:
    record_event(name, subject_of(rule), by=by, **details)
    # Which minutes are counted may be others now.
    after_commit(db.session(), forget_wanted)
