"""How a response leaves: as JSON, with a tag by which a program sees that nothing changed."""

from flask import Response, current_app, make_response, request
from pydantic import BaseModel
from werkzeug.http import generate_etag

from pitchbar.api.errors import PreconditionFailed


def json_response(body: BaseModel, status: int = 200) -> Response:
    response: Response = current_app.response_class(
        body.model_dump_json(), status, mimetype="application/json"
    )
    response.set_etag(_etag_of(body))
    return response


def conditional_response(response: Response) -> Response:
    """The answer to GET, or 304 when the program has it already.

    Programs may keep it, but have to ask; nobody between them and us may keep it.
    """
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    if not response.get_etag()[0]:
        response.add_etag()
    response.make_conditional(request)
    return response


def no_content() -> Response:
    response = make_response("", 204)
    del response.headers["Content-Type"]
    return response


def has_precondition() -> bool:
    return bool(request.if_match)


def check_precondition(current: BaseModel) -> None:
    """Raises PreconditionFailed when `If-Match` names another state than the current one."""
    if has_precondition() and not _is_named(_etag_of(current)):
        raise PreconditionFailed


def _is_named(etag: str) -> bool:
    """Also as it was sent with a compressed answer: `…:br` names the same state."""
    tags = request.if_match
    # An empty tag is read as None.
    named = {tag.rpartition(":")[0] or tag for tag in tags.as_set() if tag}
    return tags.star_tag or etag in named


def _etag_of(body: BaseModel) -> str:
    return generate_etag(body.model_dump_json().encode())
