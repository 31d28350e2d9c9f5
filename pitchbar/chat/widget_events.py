"""What visitors do with the widget, counted by day."""

from datetime import date
from typing import Literal

from pitchbar.chat.models import WidgetDay
from pitchbar.core.database import insert_into
from pitchbar.extensions import db

Kind = Literal[
    "opened",
    "closed",
    "starter_chosen",
    "citation_opened",
    "offer_taken",
    "lead_form_shown",
    "trigger_followed",
]


def count_event(workspace_id: int, agent_id: int, day: date, kind: Kind) -> None:
    key = {"workspace_id": workspace_id, "agent_id": agent_id, "day": day, "kind": kind}
    making = insert_into(db.session.connection(), WidgetDay).values(**key, count=1)
    db.session.execute(
        making.on_conflict_do_update(index_elements=list(key), set_={"count": WidgetDay.count + 1})
    )
