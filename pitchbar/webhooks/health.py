"""What becomes of an endpoint that takes nothing any more: it is told of, and switched off."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, update

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import bus, db
from pitchbar.webhooks.models import FAILED, OFF, ON, WAITING, Delivery, Endpoint
from pitchbar.webhooks.notices import tell_disabled

TOPIC = "webhooks"
# From then on it is no hiccup any more.
_TOLD_AFTER = timedelta(minutes=5)
_TOLD_FAILURES = 5


def review_endpoints(
    endpoint_ids: Collection[int], gone: Collection[int], disable_after: timedelta
) -> list[int]:
    """Looks at endpoints that were just sent to; `gone` are those that answered 410. Commits, and
    returns those that are off now.
    """
    now = clock.now()
    failing = Endpoint.failing_since <= now - _TOLD_AFTER
    over = Endpoint.told_failing_at.is_not(None) & Endpoint.failing_since.is_(None)
    chosen = select(Endpoint).where(
        Endpoint.id.in_(endpoint_ids),
        Endpoint.state == ON,
        failing | over | Endpoint.id.in_(gone),
    )
    switched_off = []
    for endpoint in db.session.scalars(
        chosen.order_by(Endpoint.id).with_for_update().execution_options(populate_existing=True)
    ):
        if endpoint.id in gone:
            disable(endpoint, "It answered 410: it does not want messages any more.")
        elif endpoint.failing_since is None:
            _recover(endpoint)
        elif endpoint.failing_since <= now - disable_after:
            days = f"{disable_after / timedelta(days=1):g}"
            disable(endpoint, f"It took nothing for {days} days.")
        elif endpoint.told_failing_at is None and endpoint.failures >= _TOLD_FAILURES:
            endpoint.told_failing_at = now
            record_event("webhook.failing", endpoint, by=SYSTEM, after=_health(endpoint))
        if endpoint.state == OFF:
            switched_off.append(endpoint.id)
    db.session.commit()
    return switched_off


def disable(endpoint: Endpoint, reason: str) -> None:
    """By us; owners and admins are told by mail."""
    before = {"state": endpoint.state}
    switch_off(endpoint, reason)
    after = {"state": OFF, "reason": reason, "url": endpoint.url}
    record_event("webhook.disabled", endpoint, by=SYSTEM, before=before, after=after)
    tell_disabled(endpoint)


def switch_off(endpoint: Endpoint, reason: str = "") -> None:
    """What waits is put down as failed, so that it can be sent again from there."""
    endpoint.state, endpoint.off_reason = OFF, reason
    db.session.flush()
    waiting = (Delivery.endpoint_id == endpoint.id, Delivery.state == WAITING)
    said = "The endpoint was switched off before this was taken."
    db.session.execute(
        update(Delivery)
        .where(*waiting)
        .values(state=FAILED, ended_at=clock.now(), last_error=said)
        .execution_options(synchronize_session=False)
    )
    tell(endpoint)


def tell(endpoint: Endpoint) -> None:
    """After the commit, whoever stores facts looks again who wants them."""
    message = {"workspace_id": endpoint.workspace_id}
    after_commit(db.session(), lambda: bus.publish(TOPIC, message))


def _recover(endpoint: Endpoint) -> None:
    endpoint.told_failing_at = None
    record_event("webhook.recovered", endpoint, by=SYSTEM, after={"url": endpoint.url})


def _health(endpoint: Endpoint) -> dict[str, object]:
    since = endpoint.failing_since
    return {
        "url": endpoint.url,
        "failing_since": since.isoformat() if since else None,
        "failures": endpoint.failures,
    }
