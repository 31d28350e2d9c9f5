"""The log of a webhook: what was sent and answered, and sending it again."""

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.events.outward import find_outward
from pitchbar.extensions import db
from pitchbar.webhooks.forms import SPANS, ReplayForm
from pitchbar.webhooks.queries import get_delivery, get_endpoint, list_attempts
from pitchbar.webhooks.replaying import replay_delivery, replay_failed, send_test
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("webhook_deliveries", __name__, url_prefix="/w/<slug>/webhooks/<int:webhook_id>")

_MOST_SHOWN = 20_000


@bp.post("/tests")
@requires("manage_webhooks")
@form_on("webhooks.show")
def test(workspace: Workspace, webhook_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    delivery_id = send_test(workspace, endpoint, current_actor())
    db.session.commit()
    flash("A test message is on its way. What was answered appears here within seconds.", "success")
    return _to_delivery(workspace, webhook_id, delivery_id)


@bp.post("/replays")
@requires("manage_webhooks")
@form_on("webhooks.show")
def replay_all(workspace: Workspace, webhook_id: int) -> Response:
    """All that failed since; a span that we do not offer is the usual one."""
    endpoint, form = get_endpoint(workspace, webhook_id), ReplayForm()
    hours = form.hours.data if form.hours.data in SPANS else "24"
    since = clock.now() - timedelta(hours=int(hours))
    count = replay_failed(endpoint, since, current_actor())
    db.session.commit()
    said = f"{count:,} messages are" if count != 1 else "One message is"
    flash(f"{said} on the way again." if count else f"Nothing failed in {SPANS[hours]}.", "success")
    return go_to(url_for("webhooks.show", slug=workspace.slug, webhook_id=webhook_id))


@bp.get("/deliveries/<int:delivery_id>")
@requires("manage_webhooks")
def show(workspace: Workspace, webhook_id: int, delivery_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    delivery = get_delivery(endpoint, delivery_id)
    outward = find_outward(delivery.event)
    text = json.dumps(json.loads(delivery.message.body), indent=2, ensure_ascii=False)
    return render(
        "webhooks/delivery.html",
        endpoint=endpoint,
        delivery=delivery,
        label=outward.label if outward else "A test message",
        attempts=list_attempts(delivery),
        text=text[:_MOST_SHOWN],
        is_cut=len(text) > _MOST_SHOWN,
    )


@bp.post("/deliveries/<int:delivery_id>/replay")
@requires("manage_webhooks")
@form_on("webhook_deliveries.show")
def replay(workspace: Workspace, webhook_id: int, delivery_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    replay_delivery(endpoint, get_delivery(endpoint, delivery_id), current_actor())
    db.session.commit()
    flash("It is on the way again, under the same id.", "success")
    return _to_delivery(workspace, webhook_id, delivery_id)


def _to_delivery(workspace: Workspace, webhook_id: int, delivery_id: int) -> Response:
    parts: dict[str, Any] = {"webhook_id": webhook_id, "delivery_id": delivery_id}
    return go_to(url_for("webhook_deliveries.show", slug=workspace.slug, **parts))
