from datetime import datetime

from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import read_id
from pitchbar.api.payloads import field_error
from pitchbar.core.pagination import encode_cursor
from pitchbar.settings import current_settings
from pitchbar.webhooks import replaying
from pitchbar.webhooks.models import OFF, ON
from pitchbar.webhooks.payloads import (
    DeliveryList,
    DeliveryQuery,
    DeliveryResponse,
    EndpointChanges,
    EndpointList,
    EndpointResponse,
    NewEndpoint,
    NewEndpointResponse,
    Replay,
    ReplayedResponse,
    SecretResponse,
    WholeDeliveryResponse,
    delivery_values,
    endpoint_response,
    endpoint_values,
    whole_delivery_response,
)
from pitchbar.webhooks.queries import (
    DeliveryFilter,
    get_delivery,
    get_endpoint,
    list_attempts,
    list_deliveries_before,
    list_endpoints,
)
from pitchbar.webhooks.services import (
    create_endpoint,
    delete_endpoint,
    enable_endpoint,
    pause_endpoint,
    rotate_secret,
    update_endpoint,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    28,
    "Webhooks",
    "Addresses of yours that are told what happens; the guide at `/docs/webhooks` says how to "
    "receive it. All of it asks for a token of an owner or admin.",
    {
        "webhook_id": PathParameter("The webhook's id.", 7),
        "delivery_id": PathParameter("The delivery's id.", 4711),
    },
)
_RIGHT = "manage_webhooks"

bp = Blueprint("webhooks_api", __name__, url_prefix="/api/v1/workspaces/<slug>/webhooks")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, response=EndpointList)
def index(workspace: Workspace) -> EndpointList:
    """List webhooks"""
    require_right_of_creator(_RIGHT)
    return EndpointList(data=[endpoint_response(one) for one in list_endpoints(workspace)])


@bp.post("")
@requires_token("read-write")
@endpoint(
    TOPIC, body=NewEndpoint, response=NewEndpointResponse, status=201, errors=(409, 413, 415, 422)
)
def create(workspace: Workspace, payload: NewEndpoint) -> NewEndpointResponse:
    """Add a webhook

    Keep the secret that is answered: it is not shown again.
    """
    require_right_of_creator(_RIGHT)
    made, secret = create_endpoint(
        workspace, current_actor(), current_settings(), **payload.model_dump()
    )
    return NewEndpointResponse.model_validate({**endpoint_values(made), "secret": secret})


@bp.get("/<int:webhook_id>")
@requires_token("read")
@endpoint(TOPIC, response=EndpointResponse)
def show(workspace: Workspace, webhook_id: int) -> EndpointResponse:
    """Get a webhook"""
    require_right_of_creator(_RIGHT)
    return endpoint_response(get_endpoint(workspace, webhook_id))


@bp.patch("/<int:webhook_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=EndpointChanges, response=EndpointResponse, errors=(413, 415, 422))
def change(workspace: Workspace, webhook_id: int, payload: EndpointChanges) -> EndpointResponse:
    """Change a webhook, or switch it on or off"""
    require_right_of_creator(_RIGHT)
    found, fields = get_endpoint(workspace, webhook_id), payload.model_dump(exclude_none=True)
    enabled = fields.pop("enabled", None)
    if fields:
        update_endpoint(found, current_actor(), current_settings(), **fields)
    if enabled is True and found.state == OFF:
        enable_endpoint(found, current_actor())
    if enabled is False and found.state == ON:
        pause_endpoint(found, current_actor())
    return endpoint_response(found)


@bp.delete("/<int:webhook_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, webhook_id: int) -> None:
    """Remove a webhook

    Its log goes with it.
    """
    require_right_of_creator(_RIGHT)
    delete_endpoint(get_endpoint(workspace, webhook_id), current_actor())


@bp.post("/<int:webhook_id>/rotation")
@requires_token("read-write")
@endpoint(TOPIC, response=SecretResponse, status=201, errors=(409, 422))
def rotate(workspace: Workspace, webhook_id: int) -> SecretResponse:
    """Make a new secret

    For 24 hours messages are signed with both.
    """
    require_right_of_creator(_RIGHT)
    found = get_endpoint(workspace, webhook_id)
    secret = rotate_secret(found, current_actor(), current_settings())
    return SecretResponse(secret=secret, previous_until=found.previous_until)


@bp.post("/<int:webhook_id>/tests")
@requires_token("read-write")
@endpoint(TOPIC, response=DeliveryResponse, status=202, errors=(409, 422))
def test(workspace: Workspace, webhook_id: int) -> DeliveryResponse:
    """Send a test message"""
    require_right_of_creator(_RIGHT)
    found = get_endpoint(workspace, webhook_id)
    delivery_id = replaying.send_test(workspace, found, current_actor())
    values = delivery_values(get_delivery(found, delivery_id))
    return DeliveryResponse.model_validate(values)


@bp.post("/<int:webhook_id>/replays")
@requires_token("read-write")
@endpoint(TOPIC, body=Replay, response=ReplayedResponse, status=202, errors=(409, 413, 415, 422))
def replay_all(workspace: Workspace, webhook_id: int, payload: Replay) -> ReplayedResponse:
    """Send again all that failed since a time"""
    require_right_of_creator(_RIGHT)
    found = get_endpoint(workspace, webhook_id)
    count = replaying.replay_failed(found, _read_time(payload.since), current_actor())
    return ReplayedResponse(count=count)


@bp.get("/<int:webhook_id>/deliveries")
@requires_token("read")
@endpoint(TOPIC, query=DeliveryQuery, response=DeliveryList, errors=(422,))
def deliveries(workspace: Workspace, webhook_id: int, query: DeliveryQuery) -> DeliveryList:
    """List deliveries"""
    require_right_of_creator(_RIGHT)
    which = DeliveryFilter(query.state or "", query.event, query.q)
    found = list_deliveries_before(
        get_endpoint(workspace, webhook_id), which, query.start(read_id), query.per_page + 1
    )
    shown = found[: query.per_page]
    more = len(found) > len(shown)
    return DeliveryList(
        data=[DeliveryResponse.model_validate(delivery_values(one)) for one in shown],
        next_cursor=encode_cursor(shown[-1].id) if more else None,
    )


@bp.get("/<int:webhook_id>/deliveries/<int:delivery_id>")
@requires_token("read")
@endpoint(TOPIC, response=WholeDeliveryResponse)
def delivery(workspace: Workspace, webhook_id: int, delivery_id: int) -> WholeDeliveryResponse:
    """Get a delivery with its attempts"""
    require_right_of_creator(_RIGHT)
    found = get_delivery(get_endpoint(workspace, webhook_id), delivery_id)
    return whole_delivery_response(found, list(list_attempts(found)))


@bp.post("/<int:webhook_id>/deliveries/<int:delivery_id>/replay")
@requires_token("read-write")
@endpoint(TOPIC, response=DeliveryResponse, status=202, errors=(409, 422))
def replay(workspace: Workspace, webhook_id: int, delivery_id: int) -> DeliveryResponse:
    """Send one again

    At once, under the same `webhook-id`.
    """
    require_right_of_creator(_RIGHT)
    found = get_endpoint(workspace, webhook_id)
    chosen = get_delivery(found, delivery_id)
    replaying.replay_delivery(found, chosen, current_actor())
    return DeliveryResponse.model_validate(delivery_values(chosen))


def _read_time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise field_error("since", "must be a time such as 2026-03-01T00:00:00Z")
    return at
