"""What programs send and get about the life of a code: fields that null clears."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.codes.labels.names import MOST_CHARACTERS, MOST_OF_A_CODE
from pitchbar.codes.limits_of_use import (
    CAMPAIGN_LENGTH,
    FIRST_YEAR,
    LAST_YEAR,
    MOST_SCANS,
    PASSWORD_LENGTHS,
)
from pitchbar.codes.models import Code

_EMPTY: dict[str, Any] = {"campaign": "", "fallback_url": "", "labels": []}


def _read_moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("has to be a text with a date, a time and an offset")
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("is no time as ISO 8601 writes it, such as 2026-12-01T09:00Z") from None
    if at.tzinfo is None:
        raise ValueError("needs an offset from UTC, such as Z or +01:00")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
    # As it is read again: the answer to the change names the same state.
    return at.astimezone(UTC)


Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class LifeChanges(Payload):
    campaign: Text | None = Field(
        None,
        max_length=CAMPAIGN_LENGTH,
        description="Scans keep the one that they were made under. Null clears it.",
    )
    labels: list[Text] | None = Field(
        None,
        max_length=MOST_OF_A_CODE,
        description=f"All names at once, each of {MOST_CHARACTERS} characters at most; those that "
        "are new are made, whatever their case. Null or an empty list takes all off.",
    )
    starts_at: Moment | None = Field(
        None, description="Before it, scans are not led on. Null clears it."
    )
    ends_at: Moment | None = Field(
        None, description="From then on, scans are not led on. Null clears it."
    )
    scan_limit: int | None = Field(
        None,
        ge=1,
        le=MOST_SCANS,
        description="How many scans are led on at most. Null clears it.",
    )
    password: Text | None = Field(
        None,
        min_length=PASSWORD_LENGTHS[0],
        max_length=PASSWORD_LENGTHS[1],
        description="What visitors have to type. Written only: answers say `has_password`. Null "
        "removes it.",
    )
    fallback_url: Text | None = Field(
        None,
        max_length=2048,
        description="Where scans lead while the code does not lead on; the workspace's where it is "
        "empty. Null clears it.",
    )
    attribution: bool | None = Field(
        None,
        description="Whether destinations get `pb_at`, which traces purchases to the code.",
    )

    def given_life(self) -> dict[str, Any]:
        """The fields that were sent, as the services name them; null as what clears."""
        given = self.model_dump(include=self.model_fields_set & set(LifeChanges.model_fields))
        if given.get("attribution", False) is None:
            del given["attribution"]
        return {name: _EMPTY.get(name) if value is None else value for name, value in given.items()}


class LifeResponse(ResponseModel):
    campaign: str
    labels: list[str]
    starts_at: Timestamp | None
    ends_at: Timestamp | None
    scan_limit: int | None
    has_password: bool
    fallback_url: str
    attribution: bool


LIFE_EXAMPLE: dict[str, Any] = {
    "campaign": "Spring",
    "labels": ["Print", "Terrace"],
    "starts_at": "2026-03-02T09:00:00+00:00",
    "ends_at": None,
    "scan_limit": 5000,
    "has_password": False,
    "fallback_url": "https://shop.example/closed",
    "attribution": True,
}


def life_response(code: Code, labels: list[str]) -> dict[str, Any]:
    return {
        "campaign": code.campaign,
        "labels": labels,
        "starts_at": code.starts_at,
        "ends_at": code.ends_at,
        "scan_limit": code.scan_limit,
        "has_password": code.password_hash is not None,
        "fallback_url": code.fallback_url,
        "attribution": code.attribution,
    }
