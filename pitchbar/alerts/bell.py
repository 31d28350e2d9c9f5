"""The bell of every page: how many alerts a person has not seen, as it is now; and what features
above ring it for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pitchbar.alerts.models import Alert, AlertSeen
from pitchbar.core.database import after_commit, insert_into
from pitchbar.extensions import bus, db

TOPIC = "alerts"
_SHOWN = 5
MOST = 99


@dataclass(frozen=True)
class Entry:
    """Something that waits for one person alone."""

    title: str
    url: str
    at: datetime


@dataclass(frozen=True)
class Ringer:
    """Of a workspace's id and a person's: what they have not seen, newest first and no more than
    MOST and one, and that they have seen it.
    """

    list_unseen: Callable[[int, int], list[Entry]]
    see_all: Callable[[int, int], None]


_ringers: list[Ringer] = []


def register_ringer(ringer: Ringer) -> None:
    if ringer not in _ringers:
        _ringers.append(ringer)


@dataclass(frozen=True)
class Bell:
    """`count` as it is shown, empty for none; `own` waits for this person, `latest` are the newest
    alerts, seen or not.
    """

    count: str
    latest: Sequence[Alert]
    own: Sequence[Entry] = ()


def load_bell(workspace_id: int, person_id: int) -> Bell:
    seen = select(AlertSeen.alert_id).where(
        AlertSeen.workspace_id == workspace_id, AlertSeen.person_id == person_id
    )
    since = db.session.scalar(seen) or 0
    mine = Alert.workspace_id == workspace_id
    unseen = select(Alert.id).where(mine, Alert.id > since).limit(MOST + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(unseen)) or 0
    latest = select(Alert).where(mine).order_by(Alert.id.desc()).limit(_SHOWN)
    own = [one for each in _ringers for one in each.list_unseen(workspace_id, person_id)]
    own.sort(key=lambda one: one.at, reverse=True)
    count += len(own)
    words = f"{MOST}+" if count > MOST else str(count or "")
    return Bell(words, db.session.scalars(latest).all(), own[:_SHOWN])


def mark_seen(workspace_id: int, person_id: int) -> None:
    """All that were raised so far, and what waits for them."""
    for ringer in _ringers:
        ringer.see_all(workspace_id, person_id)
    newest = db.session.scalar(select(func.max(Alert.id)).where(Alert.workspace_id == workspace_id))
    row = {"workspace_id": workspace_id, "person_id": person_id, "alert_id": newest or 0}
    statement = insert_into(db.session.connection(), AlertSeen).values(row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "person_id"],
            set_={"alert_id": statement.excluded.alert_id},
            where=AlertSeen.alert_id < statement.excluded.alert_id,
        )
    )
    tell_bells(workspace_id)


def tell_bells(workspace_id: int) -> None:
    """Has open pages draw theirs anew, once this is committed."""
    after_commit(db.session(), lambda: bus.publish(TOPIC, {"workspace_id": workspace_id}))
