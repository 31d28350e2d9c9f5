"""What programs send and get about API tokens."""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.workspaces.models import ApiToken

_EXAMPLE: dict[str, JsonValue] = {
    "id": 7,
    "name": "Nightly report",
    "scope": "read",
    "prefix": "pb_live_8Jf0",
    "created_at": "2026-03-02T09:15:00+00:00",
    "created_by": "Ada Byron",
    "last_used_at": None,
}
_SECRET = "pb_live_8Jf0mYq2…"  # noqa: S105  # an example, cut short


class NewToken(Payload):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Nightly report", "scope": "read"}]}
    )

    name: Text = Field(min_length=1, max_length=100, description="What will use it.")
    scope: Literal["read", "read-write"] = Field(description="What it will open.")


class TokenResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    name: str
    scope: Literal["read", "read-write"]
    prefix: str | None = Field(description="Its first characters; null for one of before.")
    created_at: Timestamp
    created_by: str
    last_used_at: Timestamp | None = Field(description="To the minute; null for one never used.")


class OwnTokenResponse(TokenResponse):
    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "workspace": "demo"}]})

    workspace: str = Field(description="The slug of the workspace that it opens.")


class NewTokenResponse(TokenResponse):
    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "secret": _SECRET}]})

    secret: str = Field(description="The token itself. Only here: keep it now.")


class TokenList(ResponseModel):
    """Tokens in force, newest first."""

    data: list[TokenResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def token_response(token: ApiToken) -> TokenResponse:
    return TokenResponse.model_validate(_fields(token))


def own_token_response(token: ApiToken) -> OwnTokenResponse:
    return OwnTokenResponse.model_validate({**_fields(token), "workspace": token.workspace.slug})


def new_token_response(token: ApiToken, secret: str) -> NewTokenResponse:
    return NewTokenResponse.model_validate({**_fields(token), "secret": secret})


def _fields(token: ApiToken) -> dict[str, object]:
    names = ("id", "name", "scope", "prefix", "created_at", "last_used_at")
    return {
        **{name: getattr(token, name) for name in names},
        "created_by": token.created_by_name,
    }
