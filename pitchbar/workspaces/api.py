"""The JSON API's root: who the token speaks for, and what all its answers share."""

from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from pitchbar.core.pagination import decode_cursor
from pitchbar.errors import DomainError
from pitchbar.extensions import limiter
from pitchbar.forms import has_control_characters
from pitchbar.settings import Settings
from pitchbar.workspaces.access import requires_token, token_limit_key
from pitchbar.workspaces.models import Workspace

bp = Blueprint("workspaces_api", __name__, url_prefix="/api/v1/workspaces/<slug>")

B = TypeVar("B", bound=BaseModel)


def api_rate() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.ratelimit_api


# One budget for each token over all API blueprints.
shared_limit = limiter.shared_limit(api_rate, scope="api", key_func=token_limit_key)
shared_limit(bp)


class Payload(BaseModel):
    """A request's body: unknown names are errors, so that a typing error never passes silently."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        if isinstance(value, str) and has_control_characters(value):
            raise ValueError("contains characters that cannot be stored")
        return value


class InvalidPayload(DomainError):
    code = "invalid"


def read_payload(model: type[B]) -> B:
    """The JSON body as `model`; raises InvalidPayload with a sentence for each wrong field."""
    try:
        data = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets, thousands deep
        data = None
    if not isinstance(data, dict):
        raise InvalidPayload("Send a JSON object with Content-Type: application/json.")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fields = {
            ".".join(map(str, one["loc"])): one["msg"].removeprefix("Value error, ")
            for one in error.errors()
        }
        raise InvalidPayload("Some fields need a correction.", fields=fields) from None


def read_page_arguments() -> tuple[str | None, int]:
    """`?cursor=&per_page=`: the decoded cursor or None, and 1 to 100 (50 unless told)."""
    try:
        per_page = int(request.args.get("per_page", 50))
        if not 1 <= per_page <= 100:
            raise ValueError
    except ValueError:
        sentence = "must be a whole number from 1 to 100"
        raise InvalidPayload("Check per_page.", fields={"per_page": sentence}) from None
    cursor = request.args.get("cursor")
    try:
        return (decode_cursor(cursor) if cursor else None), per_page
    except ValueError:
        raise bad_cursor() from None


def bad_cursor() -> InvalidPayload:
    return InvalidPayload("Check cursor.", fields={"cursor": "is not one that we gave you"})


def list_response(items: list[dict[str, Any]], next_cursor: str | None) -> Response:
    return jsonify(data=items, next_cursor=next_cursor)


@bp.get("")
@requires_token("read")
def show(workspace: Workspace) -> Response:
    return jsonify(
        slug=workspace.slug,
        name=workspace.name,
        time_zone=workspace.time_zone,
    )
