"""What happened becomes messages, and deliveries to all who chose it, in one transaction.

An event of `record_event` does so in its own transaction. Facts that come by the thousand are kept
by theirs as they are, one row for each transaction and workspace, and joined a moment later: one
message for many of them, so that storing scans never waits for ten thousand endpoints.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, literal, select

from pitchbar.core import clock
from pitchbar.webhooks.models import ON, WAITING, Delivery, Endpoint, Message, Subscription
from pitchbar.workspaces.models import Workspace

Row = dict[str, Any]
_COLUMNS = (
    "workspace_id",
    "endpoint_id",
    "message_id",
    "event",
    "state",
    "tries",
    "created_at",
    "due_at",
    "last_error",
)


def new_message(
    workspace_id: int,
    slug: str,
    event: str,
    data: Any,
    at: datetime,
    visitors: Sequence[str] = (),
    *,
    request_id: str | None = None,
) -> Row:
    """The columns of a message; its id is made here and stays. `request_id` is of the request that
    caused it, where it was one.
    """
    content = {"type": event, "timestamp": _written(at), "workspace": slug, "data": data}
    return {
        "id": f"msg_{secrets.token_hex(16)}",
        "workspace_id": workspace_id,
        "event": event,
        "body": orjson.dumps(content).decode(),
        "visitors": " ".join(one or "-" for one in visitors) if any(visitors) else None,
        "created_at": clock.now(),
        "request_id": request_id,
    }


def post(connection: Connection, messages: Sequence[Row]) -> None:
    """Writes messages, and with one statement all their deliveries."""
    if not messages:
        return
    connection.execute(insert(Message), list(messages))
    ids = [message["id"] for message in messages]
    connection.execute(insert(Delivery).from_select(_COLUMNS, _recipients(ids)))


def post_to(connection: Connection, message: Row, endpoint_id: int) -> int:
    """To one endpoint alone, whatever it chose; returns the id of the delivery."""
    connection.execute(insert(Message), [message])
    now = clock.now()
    values = {
        "workspace_id": message["workspace_id"],
        "endpoint_id": endpoint_id,
        "message_id": message["id"],
        "event": message["event"],
        "state": WAITING,
        "tries": 0,
        "created_at": now,
        "due_at": now,
        "last_error": "",
    }
    delivery_id: int = connection.execute(
        insert(Delivery).values(values).returning(Delivery.id)
    ).scalar_one()
    return delivery_id


def slugs_of(connection: Connection, workspace_ids: Iterable[int]) -> dict[int, str]:
    chosen = select(Workspace.id, Workspace.slug).where(Workspace.id.in_(workspace_ids))
    return {row.id: row.slug for row in connection.execute(chosen)}


def _recipients(message_ids: Sequence[str]) -> Any:
    now = clock.now()
    times = literal(now, Delivery.created_at.type)
    return (
        select(
            Message.workspace_id,
            Endpoint.id,
            Message.id,
            Message.event,
            literal(WAITING),
            literal(0),
            times,
            times,
            literal(""),
        )
        .join(
            Subscription,
            (Subscription.workspace_id == Message.workspace_id)
            & (Subscription.event == Message.event),
        )
        .join(Endpoint, Endpoint.id == Subscription.endpoint_id)
        .where(Message.id.in_(message_ids), Endpoint.state == ON)
        # Whoever was added after it happened does not hear of it.
        .where(Endpoint.created_at <= Message.created_at)
    )


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
