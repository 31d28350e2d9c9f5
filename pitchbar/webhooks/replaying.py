"""Sends again what was sent before, under the same id; and a message to try an endpoint."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.core.tracing import request_id
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.webhooks.calling import call_pumps
from pitchbar.webhooks.errors import EndpointIsOff
from pitchbar.webhooks.models import FAILED, OFF, WAITING, Delivery, Endpoint
from pitchbar.webhooks.outbox import new_message, post_to
from pitchbar.workspaces.models import Workspace

TEST = "webhook.test"


def send_test(workspace: Workspace, endpoint: Endpoint, by: Actor) -> int:
    """To this endpoint alone, whatever it chose; returns the id of the delivery.

    Raises:
        EndpointIsOff
    """
    _require_on(endpoint)
    now = clock.now()
    data = {"text": "This is a test. Your webhook works.", "webhook_id": endpoint.id}
    message = new_message(workspace.id, workspace.slug, TEST, data, now, request_id=request_id())
    delivery_id = post_to(db.session.connection(), message, endpoint.id)
    record_event("webhook.tested", endpoint, by=by, after={"message_id": message["id"]})
    call_pumps()
    return delivery_id


def replay_delivery(endpoint: Endpoint, delivery: Delivery, by: Actor) -> None:
    """At once, and with all its tries again. Raises EndpointIsOff."""
    _require_on(endpoint)
    _put_again(Delivery.id == delivery.id)
    after = {"message_id": delivery.message_id}
    record_event("webhook.delivery_replayed", endpoint, by=by, after=after)
    call_pumps()


def replay_failed(endpoint: Endpoint, since: datetime, by: Actor) -> int:
    """All that failed of what happened since; returns how many. Raises EndpointIsOff."""
    _require_on(endpoint)
    count = _put_again(
        Delivery.endpoint_id == endpoint.id,
        Delivery.state == FAILED,
        Delivery.created_at >= since,
    )
    after = {"since": since.isoformat(), "count": count}
    record_event("webhook.failed_replayed", endpoint, by=by, after=after)
    call_pumps()
    return count


def _put_again(*which: Any) -> int:
    again = (
        update(Delivery)
        .where(*which)
        .values(state=WAITING, tries=0, due_at=clock.now(), ended_at=None)
    )
    return changed_rows(db.session, again.execution_options(synchronize_session=False))


def _require_on(endpoint: Endpoint) -> None:
    if endpoint.state == OFF:
        raise EndpointIsOff
