"""What programs send and get about webhooks."""

from typing import Any, Literal

import orjson
from pydantic import ConfigDict, Field, JsonValue

from pitchbar.api.paging import NEXT_CURSOR, PageQuery
from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.webhooks.models import ON, Attempt, Delivery, Endpoint

_URL = "Where messages go: http or https, and a public address."
_EVENTS = "Names of events, such as `scan.recorded`; the guide at `/docs/webhooks` has them all."
_EXAMPLE: dict[str, JsonValue] = {
    "id": 7,
    "url": "https://shop.example/hooks/pitchbar",
    "description": "Order system",
    "events": ["code.created", "scan.recorded"],
    "enabled": True,
    "disabled_reason": "",
    "created_at": "2026-03-02T09:15:00+00:00",
    "last_delivered_at": None,
    "failing_since": None,
}
_WORDS = "A message's id, a request's id, or a part of what the message says."
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  # the specification's example
_DELIVERY: dict[str, JsonValue] = {
    "id": 4711,
    "message_id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    "event": "code.created",
    "state": "failed",
    "tries": 8,
    "status": 503,
    "error": "It answered 503.",
    "created_at": "2026-03-02T09:15:00+00:00",
    "next_try_at": None,
    "ended_at": "2026-03-03T08:51:00+00:00",
}


class EndpointChanges(Payload):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"events": ["scan.recorded"], "enabled": True}]}
    )

    url: Text | None = Field(None, min_length=1, max_length=2048, description=_URL)
    events: list[Text] | None = Field(None, max_length=100, description=_EVENTS)
    description: Text | None = Field(None, max_length=200)
    enabled: bool | None = Field(
        None, description="Off: nothing is sent; what waited counts as failed."
    )


class NewEndpoint(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://shop.example/hooks/pitchbar", "events": ["scan.recorded"]}
            ]
        }
    )

    url: Text = Field(min_length=1, max_length=2048, description=_URL)
    events: list[Text] = Field(max_length=100, description=_EVENTS)
    description: Text = Field("", max_length=200)


class Replay(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2026-03-01T00:00:00Z"}]})

    since: str = Field(description="Of what happened since, a time with its offset from UTC.")


class EndpointResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_reason: str = Field(description="Why we switched it off; empty otherwise.")
    created_at: Timestamp
    last_delivered_at: Timestamp | None
    failing_since: Timestamp | None = Field(description="Since when nothing was taken any more.")


class NewEndpointResponse(EndpointResponse):
    """With the secret that signs its messages: here, and never again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "secret": _SECRET}]})

    secret: str


class SecretResponse(ResponseModel):
    """Messages are signed with this secret and, until then, with the one before as well."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"secret": _SECRET, "previous_until": "2026-03-03T09:15:00+00:00"}]
        }
    )

    secret: str
    previous_until: Timestamp | None


class EndpointList(ResponseModel):
    """All webhooks, the oldest first."""

    data: list[EndpointResponse]


class DeliveryQuery(PageQuery):
    state: Literal["waiting", "delivered", "failed"] | None = None
    event: Text = Field("", max_length=64)
    q: Text = Field("", max_length=200, description=_WORDS)


class DeliveryResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_DELIVERY]})

    id: int
    message_id: str = Field(description="The `webhook-id`, the same for all tries and replays.")
    event: str
    state: Literal["waiting", "delivered", "failed"]
    tries: int
    status: int | None = Field(description="Of the last answer; null where there was none.")
    error: str
    created_at: Timestamp
    next_try_at: Timestamp | None
    ended_at: Timestamp | None


class AttemptResponse(ResponseModel):
    at: Timestamp
    elapsed_ms: int
    status: int | None
    error: str
    request_headers: str
    answer_headers: str
    answer_body: str = Field(description="Its first 4 kB.")


class WholeDeliveryResponse(DeliveryResponse):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_DELIVERY, "request_id": "order-1047", "message": {}, "attempts": []}]
        }
    )

    request_id: str | None = Field(
        description="The `X-Request-Id` of the request that caused the message; null where there "
        "was none, or many."
    )
    message: Any = Field(description="What was sent.")
    attempts: list[AttemptResponse] = Field(description="The latest first.")


class DeliveryList(ResponseModel):
    """Deliveries, newest first."""

    data: list[DeliveryResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class ReplayedResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 12}]})

    count: int = Field(description="How many are on the way again.")


def endpoint_values(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.events,
        "enabled": endpoint.state == ON,
        "disabled_reason": endpoint.off_reason,
        "created_at": endpoint.created_at,
        "last_delivered_at": endpoint.delivered_at,
        "failing_since": endpoint.failing_since,
    }


def endpoint_response(endpoint: Endpoint) -> EndpointResponse:
    return EndpointResponse.model_validate(endpoint_values(endpoint))


def delivery_values(delivery: Delivery) -> dict[str, Any]:
    names = ("id", "message_id", "event", "state", "tries", "created_at", "ended_at")
    return {
        **{name: getattr(delivery, name) for name in names},
        "status": delivery.last_status,
        "error": delivery.last_error,
        "next_try_at": delivery.due_at if delivery.state == "waiting" else None,
    }


def whole_delivery_response(delivery: Delivery, attempts: list[Attempt]) -> WholeDeliveryResponse:
    names = AttemptResponse.model_fields
    told = [{name: getattr(one, name) for name in names} for one in attempts]
    values = delivery_values(delivery)
    message = delivery.message
    values |= {"request_id": message.request_id, "message": orjson.loads(message.body)}
    return WholeDeliveryResponse.model_validate({**values, "attempts": told})
