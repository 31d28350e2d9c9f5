"""How an answer leaves: as JSON, with a tag by which a program sees that nothing changed."""

from flask import Response, current_app, make_response, request
from pydantic import BaseModel
from werkzeug.http import generate_etag, quote_etag

from pitchbar.api.errors import PreconditionFailed


def as_json(body: BaseModel, status: int = 200) -> Response:
    response: Response = current_app.response_class(
        body.model_dump_json(), status, mimetype="application/json"
    )
    response.set_etag(_tag_of(body))
    return response


def as_read(response: Response) -> Response:
    """The answer to GET, or 304 when the program has it already.

    Programs may keep it, but have to ask; nobody between them and us may keep it.
    """
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    if not response.get_etag()[0]:
        response.add_etag()
    response.make_conditional(request)
    return response


def nothing() -> Response:
    response = make_response("", 204)
    del response.headers["Content-Type"]
    return response


def wants_certain_state() -> bool:
    return bool(request.if_match)


def expect_state(current: BaseModel) -> None:
    """Raises PreconditionFailed when `If-Match` names another state than the current one."""
    if wants_certain_state() and not request.if_match.contains(_tag_of(current)):
        raise PreconditionFailed


def _tag_of(body: BaseModel) -> str:
    return generate_etag(body.model_dump_json().encode())


def tag_header(body: BaseModel) -> str:
    """As it stands in `ETag` and `If-Match`."""
    return quote_etag(_tag_of(body))
