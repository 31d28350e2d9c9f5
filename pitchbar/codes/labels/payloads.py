from typing import Any, Literal

from pydantic import ConfigDict, Field

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Payload, ResponseModel, Text
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import MOST_CHARACTERS

# The same as in models.COLOURS: a type has to be written out.
Colour = Literal["grey", "green", "blue", "violet", "pink", "red", "amber", "brown"]
_EXAMPLE: dict[str, Any] = {"id": 3, "name": "Print", "colour": "blue", "codes": 12}


class NewLabel(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Print", "colour": "blue"}]})

    name: Text = Field(
        min_length=1,
        max_length=MOST_CHARACTERS,
        description="Without a comma. Two labels differ in more than case.",
    )
    colour: Colour = "grey"


class LabelChanges(Payload):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"colour": "green"}]})

    name: Text | None = Field(None, min_length=1, max_length=MOST_CHARACTERS)
    colour: Colour | None = None


class LabelResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    name: str
    colour: Colour
    codes: int = Field(description="How many codes carry it, archived ones included.")


class LabelList(ResponseModel):
    """Labels, oldest first."""

    data: list[LabelResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def label_response(label: Label, codes: int) -> LabelResponse:
    return LabelResponse.model_validate(
        {"id": label.id, "name": label.name, "colour": label.colour, "codes": codes}
    )
