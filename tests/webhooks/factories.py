import time
from typing import Any

from sqlalchemy import insert, select

from pitchbar.core import clock
from pitchbar.core.encryption import encrypt
from pitchbar.events.outward import list_outward
from pitchbar.extensions import bus, db
from pitchbar.settings import current_settings
from pitchbar.webhooks.models import Attempt, Delivery, Endpoint, Subscription
from pitchbar.webhooks.pump import Pump
from pitchbar.webhooks.sending import Sender
from pitchbar.webhooks.settings import WebhookSettings
from pitchbar.webhooks.signing import new_secret
from pitchbar.workspaces.models import Workspace

SECRET = new_secret()


def make_endpoint(workspace: Workspace, url: str, *events: str, **fields: Any) -> Endpoint:
    """Without `events`, it chose them all; its secret is SECRET."""
    sealed = encrypt(SECRET, current_settings().app_key)
    endpoint = Endpoint(workspace_id=workspace.id, url=url, **{"secret": sealed, **fields})
    names = events or tuple(one.name for one in list_outward())
    endpoint.subscriptions = [Subscription(event=name, workspace_id=workspace.id) for name in names]
    db.session.add(endpoint)
    db.session.commit()
    return endpoint


def make_many_endpoints(workspace: Workspace, url: str, count: int, event: str) -> None:
    """At once, for tests of thousands."""
    sealed, now = encrypt(SECRET, current_settings().app_key), clock.now()
    row = {"workspace_id": workspace.id, "url": url, "secret": sealed, "state": "on"}
    db.session.execute(insert(Endpoint), [{**row, "created_at": now} for _ in range(count)])
    chosen = select(Endpoint.id).where(Endpoint.workspace_id == workspace.id)
    rows = [
        {"endpoint_id": one, "event": event, "workspace_id": workspace.id}
        for one in db.session.scalars(chosen)
    ]
    db.session.execute(insert(Subscription), rows)
    db.session.commit()


def make_pump(*allowed: str, **values: Any) -> Pump:
    """As the job makes it, with other settings where the test names them."""
    own = current_settings()[WebhookSettings].model_copy(update=values)
    sender = Sender(own.webhook_timeout_seconds, frozenset(allowed))
    return Pump(db.engine, bus, sender, own, current_settings().app_key)


def run_pump(*allowed: str, seconds: float = 5.0, linger: float = 0.12, **values: Any) -> int:
    """Until nothing is due; the test's session then sees what became of it."""
    pump, until = make_pump(*allowed, **values), time.monotonic() + seconds
    ended = pump.run(seconds, linger)
    # On a busy machine the next look comes late.
    while pump.has_more() and time.monotonic() < until:
        ended += pump.run(until - time.monotonic(), linger)
    db.session.expire_all()
    return ended


def deliveries_of(endpoint: Endpoint) -> list[Delivery]:
    mine = select(Delivery).where(Delivery.endpoint_id == endpoint.id).order_by(Delivery.id)
    return list(db.session.scalars(mine))


def attempts_of(delivery: Delivery) -> list[Attempt]:
    mine = select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.id)
    return list(db.session.scalars(mine))
