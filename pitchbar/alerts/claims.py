"""Who tells: a state is changed by condition, so that of two who found the same only one does."""

from datetime import datetime, timedelta

from sqlalchemy import update

from pitchbar.alerts.models import AlertState
from pitchbar.core.database import changed_rows, insert_into
from pitchbar.extensions import db


def claim_raising(
    rule_id: int, workspace_id: int, subject_key: str, now: datetime, cooldown: timedelta
) -> bool:
    """True for the one who may tell of it; False while it is open, or was lately."""
    row = {
        "rule_id": rule_id,
        "subject_key": subject_key,
        "workspace_id": workspace_id,
        "is_open": True,
        "quiet_until": now + cooldown,
    }
    statement = insert_into(db.session.connection(), AlertState).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["rule_id", "subject_key"],
        set_={"is_open": True, "quiet_until": statement.excluded.quiet_until},
        where=AlertState.is_open.is_(False) & (AlertState.quiet_until <= now),
    )
    return db.session.execute(statement.returning(AlertState.rule_id)).first() is not None


def claim_recovery(rule_id: int, subject_key: str) -> int | None:
    """The id of the alert that is over, for the one who may tell of it."""
    mine = (AlertState.rule_id == rule_id, AlertState.subject_key == subject_key)
    close = update(AlertState).where(*mine, AlertState.is_open.is_(True)).values(is_open=False)
    found = db.session.execute(close.returning(AlertState.alert_id)).first()
    return found[0] if found else None


def remember_alert(rule_id: int, subject_key: str, alert_id: int) -> None:
    mine = (AlertState.rule_id == rule_id, AlertState.subject_key == subject_key)
    changed_rows(db.session, update(AlertState).where(*mine).values(alert_id=alert_id))
