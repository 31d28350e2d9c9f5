"""`@endpoint`: what a view of the API takes and gives, as code that runs and as its description."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from flask import Response, g, request
from spectree import Response as Described
from spectree import SpecTree

from pitchbar.api.idempotency import answer_once
from pitchbar.api.payloads import Answer, Payload, Query, read_payload, read_query
from pitchbar.api.responses import as_json, as_read, nothing
from pitchbar.extensions import db

# What a view of the API gives: a model, a response of its own, or None for 204.
View = Callable[..., Answer | Response | None]


class ErrorBody(Answer):
    code: str
    message: str
    fields: dict[str, str]


class ErrorAnswer(Answer):
    """What is wrong, for a program (`code`), for a person (`message`), and field by field."""

    error: ErrorBody


# Only its description of the API is used; reading and answering are ours.
spectree = SpecTree(
    "flask",
    mode="strict",
    annotations=False,
    validation_error_model=ErrorAnswer,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda parent, child: child,
)


@dataclass(frozen=True)
class Facts:
    """What the description of an operation needs beyond its models."""

    errors: tuple[int, ...]
    media_types: tuple[str, ...]


def endpoint(
    topic: str,
    *,
    body: type[Payload] | None = None,
    query: type[Query] | None = None,
    answer: type[Answer] | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    media_types: tuple[str, ...] = (),
) -> Callable[[View], Callable[..., Response]]:
    """Stands below `requires_token`. The view gets `payload` and `query` read and checked, and
    returns its answer as a model, None for 204, or a response of its own.

    Here is the one commit of a call that changes something: the answer kept for the
    Idempotency-Key belongs to the same transaction.

    Args:
        topic: the section of the description.
        errors: statuses beyond those of every call.
        media_types: of an answer that is not JSON.
    """

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Response:
            if query is not None:
                kwargs["query"] = read_query(query)
            if body is not None:
                kwargs["payload"] = read_payload(body)
            return _run(lambda: _as_response(view(*args, **kwargs), status))

        described = _describe(answered, topic, body, query, answer, status)
        described.facts = Facts(errors, media_types)
        return cast(Callable[..., Response], described)

    return decorate


def _run(make: Callable[[], Response]) -> Response:
    if request.method in ("GET", "HEAD"):
        return as_read(make())
    # Other methods may be repeated by their nature. Whoever let the program in set `client_id`.
    response = answer_once(g.client_id, make) if request.method == "POST" else make()
    db.session.commit()
    return response


def _as_response(made: Answer | Response | None, status: int) -> Response:
    if made is None:
        return nothing()
    return made if isinstance(made, Response) else as_json(made, status)


def _describe(
    view: Callable[..., Response],
    topic: str,
    body: type[Payload] | None,
    query: type[Query] | None,
    answer: type[Answer] | None,
    status: int,
) -> Any:
    code = f"HTTP_{status}"
    gives = Described(**{code: answer}) if answer else Described(code)
    described = spectree.validate(
        json=body, query=query, resp=gives, tags=[topic], skip_validation=True
    )(view)

    # The library finds the description along `__wrapped__`, and does not run.
    @wraps(described)
    def plain(*args: Any, **kwargs: Any) -> Response:
        return view(*args, **kwargs)

    return plain
