"""Where Stripe says that something happened."""

from flask import Blueprint, Response, jsonify, make_response, request

from pitchbar.accounts.access import open_to_all
from pitchbar.billing.events import receive_event
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import ForgedEvent, verify_event
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.settings import current_settings

bp = Blueprint("billing_webhook", __name__)

_MOST_BYTES = 512 * 1024


@bp.post("/billing/webhook")
@open_to_all
def receive() -> Response:
    """Answers as soon as the event is stored; 200 also for one that was here before."""
    secrets = current_settings()[BillingSettings].stripe_webhook_secret
    if not secrets:
        return _say(503, "STRIPE_WEBHOOK_SECRET is not set")
    if (request.content_length or 0) > _MOST_BYTES:
        return _say(413, "too large")
    body = request.stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        return _say(413, "too large")
    try:
        event = verify_event(body, request.headers.get("Stripe-Signature", ""), secrets)
        is_new = receive_event(event, body)
    except ForgedEvent:
        return _say(400, "not signed by Stripe for this installation, or too old")
    except DomainError as error:
        db.session.rollback()
        return _say(error.status, error.message)
    db.session.commit()
    return _say(200, "stored" if is_new else "known")


def _say(status: int, words: str) -> Response:
    return make_response(jsonify(said=words), status)
