"""What a program sends: JSON bodies and query strings, read into models."""

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from flask import request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)

from pitchbar.api.errors import InvalidPayload, UnsupportedMediaType
from pitchbar.core.database import MAX_ID
from pitchbar.core.text import has_control_characters

M = TypeVar("M", bound=BaseModel)

# A refusal names what is wrong; it does not send a hostile body back.
_MOST_FIELDS, _LONGEST_NAME = 50, 100


class Payload(BaseModel):
    """A request's body: unknown names are errors, so that a typing error never passes silently,
    and a text is never taken for a number.

    With `takes_form` it may come as the text fields of a form, with files beside them.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, strict=True)
    takes_form: ClassVar[bool] = False


class Query(BaseModel):
    """A query string, in which everything is text at first. Names that we do not know are ignored:
    proxies and trackers add their own.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class ResponseModel(BaseModel):
    """What a program gets. Every field is always there."""

    model_config = ConfigDict(frozen=True)


class ErrorBody(ResponseModel):
    code: str
    message: str
    fields: dict[str, str]
    limit: int | None = Field(None, description="How many there may be, when a limit is reached.")
    count: int | None = Field(None, description="How many there are then.")


class ErrorResponse(ResponseModel):
    """What is wrong, for a program (`code`), for a person (`message`), and field by field."""

    error: ErrorBody


def _storable(text: str) -> str:
    if has_control_characters(text):
        raise ValueError("contains characters that cannot be stored")
    return text


# Text without the control characters that no keyboard types and PostgreSQL cannot store.
Text = Annotated[str, AfterValidator(_storable)]
# Of a row; no column takes a larger one.
Id = Annotated[int, Field(ge=1, le=MAX_ID)]

# A time with its offset from UTC, as Python writes it.
Timestamp = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def read_payload(model: type[M]) -> M:
    """The JSON body as `model`.

    Raises:
        UnsupportedMediaType: the body says that it is something else.
        InvalidPayload: with a sentence for each wrong field.
    """
    if getattr(model, "takes_form", False) and request.mimetype == "multipart/form-data":
        return _validate(model, request.form.to_dict())
    body = request.get_data()
    if not body and getattr(model, "takes_nothing", False):
        return _validate(model, {})
    if body and not request.is_json:
        raise UnsupportedMediaType
    try:
        data = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or thousands of brackets deep
        raise InvalidPayload("The body is not JSON. Send a JSON object.") from None
    if not isinstance(data, dict):
        raise InvalidPayload("Send a JSON object with Content-Type: application/json.")
    return _validate(model, data)


def read_query(model: type[M]) -> M:
    """The query string as `model`; of a name that is there twice, the first counts."""
    return _validate(model, request.args.to_dict())


def field_error(name: str, sentence: str) -> InvalidPayload:
    return InvalidPayload(f"Check {name}.", fields={name: sentence})


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _validate(model: type[M], data: dict[str, Any]) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[:_MOST_FIELDS]
        fields = {_name(one["loc"]): one["msg"].removeprefix("Value error, ") for one in found}
        raise InvalidPayload("Some fields need a correction.", fields=fields) from None


def _name(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place))[:_LONGEST_NAME]
