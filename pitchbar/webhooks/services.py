from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from pitchbar.clients.outbound import refuse_url
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.core.encryption import encrypt
from pitchbar.events.actors import Actor
from pitchbar.events.outward import find_outward, list_outward
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.webhooks.errors import InvalidEvents, InvalidUrl, TooManyEndpoints
from pitchbar.webhooks.health import switch_off, tell
from pitchbar.webhooks.models import ON, Delivery, Endpoint, Subscription
from pitchbar.webhooks.queries import count_endpoints
from pitchbar.webhooks.settings import WebhookSettings
from pitchbar.webhooks.signing import new_secret
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

# So long both secrets sign.
OVERLAP = timedelta(hours=24)
_LONGEST_DESCRIPTION, _LONGEST_URL = 200, 2048


def create_endpoint(
    workspace: Workspace,
    by: Actor,
    settings: Settings,
    *,
    url: str,
    events: Sequence[str],
    description: str = "",
) -> tuple[Endpoint, str]:
    """Returns it and its secret, which is shown now and never again.

    Raises:
        InvalidUrl, InvalidEvents, TooManyEndpoints
    """
    cleaned, chosen = clean_url(url, settings), clean_events(events)
    lock_workspace(workspace.id)
    limit = settings[WebhookSettings].webhook_endpoints_per_workspace
    if count_endpoints(workspace) >= limit:
        raise TooManyEndpoints(limit)
    secret = new_secret()
    endpoint = Endpoint(
        workspace_id=workspace.id,
        url=cleaned,
        description=description.strip()[:_LONGEST_DESCRIPTION],
        secret=encrypt(secret, settings.app_key),
    )
    _choose(endpoint, chosen)
    db.session.add(endpoint)
    db.session.flush()
    record_event("webhook.created", endpoint, by=by, after=snapshot(endpoint))
    tell(endpoint)
    return endpoint, secret


def update_endpoint(endpoint: Endpoint, by: Actor, settings: Settings, **fields: Any) -> None:
    """Changes what is named of `url`, `events` and `description`; what waits goes to the new
    address.

    Raises:
        InvalidUrl, InvalidEvents
    """
    before = snapshot(endpoint)
    if "url" in fields:
        endpoint.url = clean_url(fields["url"], settings)
    if "events" in fields:
        _choose(endpoint, clean_events(fields["events"]))
    if "description" in fields:
        endpoint.description = fields["description"].strip()[:_LONGEST_DESCRIPTION]
    db.session.flush()
    record_event("webhook.updated", endpoint, by=by, before=before, after=snapshot(endpoint))
    tell(endpoint)


def rotate_secret(endpoint: Endpoint, by: Actor, settings: Settings) -> str:
    """Returns the new one, shown now and never again. Messages are signed with both for a day."""
    now, secret = clock.now(), new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
    endpoint.secret = encrypt(secret, settings.app_key)
    db.session.flush()
    after = {"previous_until": endpoint.previous_until.isoformat()}
    record_event("webhook.secret_rotated", endpoint, by=by, after=after)
    return secret


def enable_endpoint(endpoint: Endpoint, by: Actor) -> None:
    """It gets what happens from now on, and has the whole time to prove itself again."""
    before = snapshot(endpoint)
    endpoint.state, endpoint.off_reason = ON, ""
    endpoint.failing_since = endpoint.told_failing_at = endpoint.resting_until = None
    endpoint.failures = 0
    db.session.flush()
    record_event("webhook.enabled", endpoint, by=by, before=before, after=snapshot(endpoint))
    tell(endpoint)


def pause_endpoint(endpoint: Endpoint, by: Actor) -> None:
    """Nothing is sent there any more; what waits counts as failed, and can be sent again later."""
    before = snapshot(endpoint)
    switch_off(endpoint)
    record_event("webhook.paused", endpoint, by=by, before=before, after=snapshot(endpoint))


def delete_endpoint(endpoint: Endpoint, by: Actor) -> None:
    """Its log goes with it."""
    record_event("webhook.deleted", endpoint, by=by, before=snapshot(endpoint))
    tell(endpoint)
    mine = delete(Delivery).where(Delivery.endpoint_id == endpoint.id)
    db.session.execute(mine.execution_options(synchronize_session=False))
    db.session.delete(endpoint)
    db.session.flush()


def clean_url(url: str, settings: Settings) -> str:
    """Raises InvalidUrl, with what is wrong with it."""
    cleaned = url.strip()
    if not cleaned:
        raise InvalidUrl("Enter the address that should get the messages.")
    if len(cleaned) > _LONGEST_URL:
        raise InvalidUrl("Use at most 2048 characters.")
    if sentence := refuse_url(cleaned, settings[OutboundSettings].allowed):
        raise InvalidUrl(sentence)
    return cleaned


def clean_events(events: Sequence[str]) -> list[str]:
    """Each once; raises InvalidEvents."""
    unknown = [name for name in events if find_outward(name) is None]
    if unknown:
        known = ", ".join(one.name for one in list_outward())
        raise InvalidEvents(f"There is no event named {unknown[0][:64]}; there are {known}.")
    if not events:
        raise InvalidEvents("Choose at least one event.")
    return sorted(set(events))


def snapshot(endpoint: Endpoint) -> dict[str, Any]:
    """What the audit log compares."""
    names = ("url", "description", "state", "events")
    return {name: getattr(endpoint, name) for name in names}


def _choose(endpoint: Endpoint, events: Sequence[str]) -> None:
    kept = [one for one in endpoint.subscriptions if one.event in events]
    new = set(events) - {one.event for one in kept}
    added = [Subscription(event=name, workspace_id=endpoint.workspace_id) for name in sorted(new)]
    endpoint.subscriptions = [*kept, *added]
