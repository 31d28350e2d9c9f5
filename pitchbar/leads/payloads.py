"""What programs send and get about leads."""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from pitchbar.api.paging import NEXT_CURSOR, PageQuery
from pitchbar.api.payloads import Id, Payload, ResponseModel, Text, Timestamp

Status = Literal["new", "contacted", "qualified", "won", "lost"]

EXAMPLE: dict[str, JsonValue] = {
    "id": 7,
    "email": "ada@mail.example",
    "name": "Ada",
    "phone": "",
    "fields": {"company": "Engines Ltd"},
    "status": "new",
    "owner": {"id": 3, "name": "Grace"},
    "score": 60,
    "reasons": [
        {"key": "address", "points": 20, "text": "Left an address"},
        {"key": "asked_price", "points": 20, "text": "Asked what it costs, or for an offer"},
    ],
    "origin": {
        "code_id": 42,
        "short_code": "menu",
        "scan_id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e20",
    },
    "agent_id": 3,
    "captured_at": "2026-03-02T12:44:30.015000+00:00",
    "updated_at": "2026-03-02T12:44:30.015000+00:00",
}


class OwnerBody(ResponseModel):
    id: int
    name: str


class ReasonBody(ResponseModel):
    key: str
    points: int
    text: str


class OriginBody(ResponseModel):
    code_id: int
    short_code: str = Field(description="As it is now; empty where the code is gone.")
    scan_id: str | None


class LeadResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    email: str
    name: str
    phone: str
    fields: dict[str, str] = Field(description="What else your form asked for, by name.")
    status: Status
    owner: OwnerBody | None
    score: int = Field(description="0 to 100: the sum of its reasons.")
    reasons: list[ReasonBody]
    origin: OriginBody | None = Field(description="The code by which they came, if they did.")
    agent_id: int
    captured_at: Timestamp
    updated_at: Timestamp


class LeadList(ResponseModel):
    data: list[LeadResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class LeadQuery(PageQuery):
    status: Status | None = None
    owner_id: Id | None = None
    agent_id: Id | None = None
    code_id: Id | None = None
    min_score: int | None = Field(None, ge=0, le=100)
    search: Text | None = Field(
        None, max_length=200, description="In addresses, names and phone numbers."
    )


class LeadChanges(Payload):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "contacted"}]})

    status: Status | None = None
    owner_id: Id | None = Field(None, description="A member's id; null: nobody has it.")
