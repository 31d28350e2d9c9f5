"""Rules that wait for an event: heard within its transaction, whoever raises it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from pitchbar.alerts.kinds import Kind, list_kinds
from pitchbar.alerts.measuring import in_force
from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.raising import Finding, raise_alert, recover
from pitchbar.alerts.settings import AlertSettings
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def hear_events() -> None:
    """Of all kinds that are declared by now."""
    for kind in list_kinds():
        if kind.raised_by:
            subscribe(kind.raised_by, _raiser(kind.key))
        if kind.recovered_by:
            subscribe(kind.recovered_by, _recoverer(kind.key))


class _Hearer:
    """Equal to another of the same kind, so that nobody hears twice."""

    def __init__(self, kind_key: str) -> None:
        self.kind_key = kind_key

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), self.kind_key))

    @property
    def kind(self) -> Kind:
        return next(kind for kind in list_kinds() if kind.key == self.kind_key)


class _raiser(_Hearer):  # reads as the function that it stands for
    def __call__(self, event: Event) -> None:
        now = clock.now()
        for rule in _list_rules(self.kind, event):
            if not (rule.snoozed_until and rule.snoozed_until > now):
                _raise(rule, self.kind, event, now)


class _recoverer(_Hearer):  # see above
    def __call__(self, event: Event) -> None:
        for rule in _list_rules(self.kind, event):
            recover(rule, _key_of(event), clock.now())


def _raise(rule: AlertRule, kind: Kind, event: Event, now: datetime) -> None:
    detail = kind.tell(event, rule) if kind.tell else ""
    if detail is None:
        return
    settings = current_settings()[AlertSettings]
    cooldown = timedelta(minutes=settings.alert_cooldown_minutes)
    finding = Finding(
        detail,
        {name: value for name, value in event.after.items() if isinstance(value, int | str)},
        subject_key=_key_of(event),
        name=event.subject.name,
        sentence=kind.title(event, rule) if kind.title else "",
        code_id=int(event.subject.id) if event.subject.kind == "code" else None,
    )
    raise_alert(rule, kind, finding, now, cooldown)


def _key_of(event: Event) -> str:
    """A month's quota is another than the month's before, and each limit one of its own."""
    month, limit = event.after.get("month", ""), event.after.get("limit_name", "scans")
    parts = [event.subject.kind, str(event.subject.id), *([month] if month else [])]
    return ":".join([*parts, *([limit] if limit != "scans" else [])])[:80]


def _list_rules(kind: Kind, event: Event) -> list[AlertRule]:
    workspace_id = event.subject.workspace_id
    query = (
        select(AlertRule)
        .join(Workspace, Workspace.id == AlertRule.workspace_id)
        .outerjoin(Code, Code.id == AlertRule.code_id)
        .where(
            AlertRule.kind == kind.key,
            AlertRule.workspace_id == workspace_id,
            *in_force(),
        )
        .order_by(AlertRule.id)
    )
    subject = event.subject
    return [
        rule
        for rule in db.session.scalars(query)
        if rule.code_id is None or (subject.kind == "code" and rule.code_id == int(subject.id))
    ]
