"""What programs send and get about domains."""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.domains.models import Domain

_ROOT = "Where the bare address leads; empty for a plain page."
_UNKNOWN = "Where unknown codes lead; empty for a plain page."

_EXAMPLE: dict[str, JsonValue] = {
    "id": 3,
    "host": "go.brand.example",
    "name": "go.brand.example",
    "state": "pending",
    "txt_name": "_pitchbar.go.brand.example",
    "txt_value": "pitchbar-verification=0Xw2…",
    "last_answer": "There is no TXT record at _pitchbar.go.brand.example yet.",
    "pointing": "It leads nowhere yet.",
    "root_url": "https://brand.example",
    "unknown_url": "",
    "created_at": "2026-03-02T09:15:00+00:00",
    "checked_at": None,
    "verified_at": None,
}


class DomainChanges(Payload):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unknown_url": "https://brand.example/help"}]}
    )

    root_url: Text | None = Field(None, max_length=2048, description=_ROOT)
    unknown_url: Text | None = Field(None, max_length=2048, description=_UNKNOWN)


class NewDomain(DomainChanges):
    model_config = ConfigDict(json_schema_extra={"examples": [{"host": "go.brand.example"}]})

    host: Text = Field(min_length=1, max_length=2048, description="The name of the domain.")


class DomainResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    host: str = Field(description="As the DNS has it, in ASCII.")
    name: str = Field(description="As people write it.")
    state: Literal["pending", "verified", "broken"] = Field(
        description="Broken: its record has been gone for days; its codes lead on all the same."
    )
    txt_name: str = Field(description="The name of the TXT record that proves it.")
    txt_value: str = Field(description="What that record holds.")
    last_answer: str = Field(description="What the last look at the DNS found.")
    pointing: str = Field(description="Where the host led then.")
    root_url: str = Field(description=_ROOT)
    unknown_url: str = Field(description=_UNKNOWN)
    created_at: Timestamp
    checked_at: Timestamp | None
    verified_at: Timestamp | None


class DomainList(ResponseModel):
    """All domains, by name: a plan allows few."""

    data: list[DomainResponse]


def domain_response(domain: Domain) -> DomainResponse:
    own = DomainResponse.model_fields.keys() - {"txt_name", "txt_value"}
    values = {name: getattr(domain, name) for name in own}
    values |= {"txt_name": domain.record_name, "txt_value": domain.record_value}
    return DomainResponse.model_validate(values)
