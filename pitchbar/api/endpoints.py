"""`@endpoint`: what a view of the API takes and gives, as code that runs and as its description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

from flask import Response, g, request

from pitchbar.api.idempotency import respond_once
from pitchbar.api.payloads import Payload, Query, ResponseModel, read_payload, read_query
from pitchbar.api.responses import conditional_response, json_response, no_content
from pitchbar.extensions import db

# What a view of the API gives: a model, a response of its own, or None for 204.
View = Callable[..., ResponseModel | Response | None]


@dataclass(frozen=True)
class PathParameter:
    description: str
    example: Any


@dataclass(frozen=True)
class Topic:
    """A section of the API's description, smaller positions first; `path` explains the variable
    parts of its addresses. What `is_for_browsers` is called by pages with a token of their own.
    """

    position: int
    name: str
    description: str
    path: Mapping[str, PathParameter] = field(default_factory=dict)
    is_for_browsers: bool = False


@dataclass(frozen=True)
class Operation:
    """What the OpenAPI document says of an endpoint; the view's docstring says the rest."""

    topic: Topic
    body: type[Payload] | None
    query: type[Query] | None
    response: type[ResponseModel] | None
    status: int
    errors: tuple[int, ...]
    media_types: tuple[str, ...]


def endpoint(
    topic: Topic,
    *,
    body: type[Payload] | None = None,
    query: type[Query] | None = None,
    response: type[ResponseModel] | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    media_types: tuple[str, ...] = (),
) -> Callable[[View], Callable[..., Response]]:
    """Stands below `requires_token`. The view gets `payload` and `query` read and checked, and
    returns its response as a model, None for 204, or a response of its own.

    Here is the one commit of a call that changes something: the response stored for the
    Idempotency-Key belongs to the same transaction.

    Args:
        topic: the section of the description.
        errors: statuses beyond those of every call.
        media_types: of a response that is not JSON.
    """

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def responding(*args: Any, **kwargs: Any) -> Response:
            if query is not None:
                kwargs["query"] = read_query(query)
            if body is not None:
                kwargs["payload"] = read_payload(body)
            return _run(lambda: _as_response(view(*args, **kwargs), status))

        # Read by the document; decorators above carry it along.
        described = cast(Any, responding)
        described.operation = Operation(topic, body, query, response, status, errors, media_types)
        return responding

    return decorate


def _run(make: Callable[[], Response]) -> Response:
    if request.method in ("GET", "HEAD"):
        return conditional_response(make())
    # Other methods may be repeated by their nature. Whoever let a program in set `client_id`.
    is_program = request.method == "POST" and "client_id" in g
    response = respond_once(g.client_id, make) if is_program else make()
    db.session.commit()
    return response


def _as_response(made: ResponseModel | Response | None, status: int) -> Response:
    if made is None:
        return no_content()
    return made if isinstance(made, Response) else json_response(made, status)
