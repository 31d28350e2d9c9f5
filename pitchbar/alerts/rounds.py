"""Which hour was judged last: each is judged once it is over, and once."""

from datetime import datetime, timedelta

from pitchbar.alerts.models import AlertRound
from pitchbar.core.clock import start_of_hour
from pitchbar.core.database import insert_into
from pitchbar.extensions import db

# Until its last scans are stored.
_GRACE = timedelta(minutes=2)
_HOURS = "hours"


def is_hour_due(now: datetime) -> bool:
    """Whether the latest hour that is over was not judged yet, and may be."""
    judged = db.session.get(AlertRound, _HOURS)
    end = start_of_hour(now)
    return now - end >= _GRACE and (judged is None or judged.judged_until < end)


def mark_hour(now: datetime) -> None:
    """At the end of the round: one that breaks off is run again, and what it told is not."""
    row = {"name": _HOURS, "judged_until": start_of_hour(now)}
    statement = insert_into(db.session.connection(), AlertRound).values(row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"judged_until": statement.excluded.judged_until}
        )
    )
