from typing import Any

from sqlalchemy import delete

from pitchbar.alerts.bell import tell_bells
from pitchbar.alerts.hearing import hear_events
from pitchbar.alerts.lists import declare_lists
from pitchbar.alerts.minutes import count_minutes
from pitchbar.alerts.models import (
    Alert,
    AlertAddress,
    AlertChannel,
    AlertRule,
    AlertSeen,
    AlertState,
    QuotaMark,
    ScanMinute,
)
from pitchbar.alerts.outward import declare_outward
from pitchbar.alerts.silencing_views import open_bell
from pitchbar.core.personal_data import TableHolding, Whom, register_holding
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.scans import stored
from pitchbar.workspaces.live import register_beside

_TABLES: tuple[Any, ...] = (
    AlertState,
    AlertAddress,
    AlertChannel,
    Alert,
    AlertRule,
    AlertSeen,
    ScanMinute,
    QuotaMark,
)


def register() -> None:
    subscribe("workspace.purged", delete_alerts)
    hear_events()
    declare_lists()
    declare_outward()
    stored.subscribe(count_minutes)
    register_beside(open_bell)
    register_holding(TableHolding(AlertAddress, "Alerts mailed to them", _addresses_of))


def delete_alerts(event: Event) -> None:
    for model in _TABLES:
        of_workspace = model.workspace_id == int(event.subject.id)
        db.session.execute(delete(model).where(of_workspace))
    tell_bells(int(event.subject.id))


def _addresses_of(whom: Whom) -> Any:
    return AlertAddress.email == whom.email if whom.email else None
