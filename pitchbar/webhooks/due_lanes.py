"""Which endpoints have something due, and when the next has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, text

from pitchbar.core import clock
from pitchbar.webhooks.models import Endpoint

# From one endpoint with something waiting to the next by the index, however much waits at each.
_ENDPOINTS_WITH_DUE = text("""
    WITH RECURSIVE lane(id) AS (
        SELECT * FROM (
            SELECT endpoint_id FROM webhook_deliveries
            WHERE state = 'waiting' ORDER BY endpoint_id LIMIT 1
        ) AS first_lane
        UNION ALL
        SELECT (
            SELECT endpoint_id FROM webhook_deliveries
            WHERE state = 'waiting' AND endpoint_id > lane.id ORDER BY endpoint_id LIMIT 1
        ) FROM lane WHERE lane.id IS NOT NULL
    ), earliest AS (
        SELECT lane.id AS id, (
            SELECT due_at FROM webhook_deliveries
            WHERE state = 'waiting' AND endpoint_id = lane.id ORDER BY due_at LIMIT 1
        ) AS due_at FROM lane WHERE lane.id IS NOT NULL
    )
    SELECT e.id, earliest.due_at, e.lane_until, e.resting_until
    FROM earliest JOIN webhook_endpoints e ON e.id = earliest.id
    WHERE e.state = 'on' AND earliest.due_at <= :now
      AND (e.lane_until IS NULL OR e.lane_until <= :now)
      AND (e.resting_until IS NULL OR e.resting_until <= :now)
    ORDER BY earliest.due_at LIMIT :most
""").bindparams(bindparam("now", type_=Endpoint.created_at.type))
_TIME = Endpoint.created_at.type
_FOUND = _ENDPOINTS_WITH_DUE.columns(
    id=Endpoint.id.type, due_at=_TIME, lane_until=_TIME, resting_until=_TIME
)
# Of so many that wait, whichever can be sent to first.
_LOOK_AT = 100


@dataclass(frozen=True, slots=True)
class DueLane:
    """An endpoint and from when on something can be sent to it: when it is due, and nobody holds
    its lane, and it does not rest.
    """

    endpoint_id: int
    can_be_sent_at: datetime


def find_due(connection: Connection, now: datetime, most: int) -> Sequence[DueLane]:
    """Those that can be sent to at that moment, the longest due first."""
    rows = connection.execute(_FOUND, {"now": now, "most": most})
    return [DueLane(row.id, max(at for at in row[1:] if at is not None)) for row in rows]


def seconds_to_next(connection: Connection, within: float) -> float | None:
    """Until something can be sent, be it that the lane of a process that died is free by then; 0
    when it is now, None when it is later than `within` seconds.
    """
    now = clock.now()
    found = find_due(connection, now + timedelta(seconds=within), _LOOK_AT)
    if not found:
        return None
    first = min(one.can_be_sent_at for one in found)
    return max(0.0, (first - now).total_seconds())
