"""Counting the calls that were refused, for who sets the pixel up.

There is a row for each workspace, day and reason, however many calls come. Unlike a conversion, a
refused call that a dying worker hands on may be counted twice: nothing is billed or decided by it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete

from pitchbar.conversions.keys import Owner
from pitchbar.conversions.lines import AcceptedCall
from pitchbar.conversions.models import RefusedCalls
from pitchbar.core import clock
from pitchbar.core.clock import local_date
from pitchbar.core.database import insert_into

# What is refused may be anything, in any language.
_REASON_LENGTH, _SAID_LENGTH = 32, 200
_KEPT_DAYS = 30


def count_refused(
    connection: Connection, refused: Sequence[tuple[AcceptedCall, Owner, str]]
) -> None:
    days: dict[tuple[int, date, str], dict[str, Any]] = {}
    for call, owner, reason in sorted(refused, key=lambda one: one[0].at):
        key = (owner.workspace_id, local_date(call.at, owner.time_zone), reason[:_REASON_LENGTH])
        row = days.setdefault(key, {"calls": 0})
        row["calls"] += 1
        row["last_at"], row["last_said"] = call.at, call.facts.said[:_SAID_LENGTH]
    for (workspace_id, day, reason), row in sorted(days.items()):
        _add(connection, {"workspace_id": workspace_id, "day": day, "reason": reason, **row})


def forget_old(connection: Connection) -> None:
    old = RefusedCalls.day < (clock.now() - timedelta(days=_KEPT_DAYS)).date()
    connection.execute(delete(RefusedCalls).where(old))


def _add(connection: Connection, row: dict[str, Any]) -> None:
    statement = insert_into(connection, RefusedCalls).values(row)
    # A batch may arrive after younger ones.
    is_last = statement.excluded.last_at >= RefusedCalls.last_at
    last = {
        name: case((is_last, statement.excluded[name]), else_=getattr(RefusedCalls, name))
        for name in ("last_at", "last_said")
    }
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "day", "reason"],
            set_={
                "calls": RefusedCalls.calls + statement.excluded.calls,
                **last,
            },
        )
    )
