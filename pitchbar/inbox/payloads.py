"""What programs get of conversations."""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from pitchbar.api.paging import NEXT_CURSOR, PageQuery
from pitchbar.api.payloads import Id, ResponseModel, Timestamp
from pitchbar.chat.payloads import CitationBody

_ID = "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21"
_CONVERSATION: dict[str, Any] = {
    "id": _ID,
    "agent_id": 3,
    "status": "open",
    "messages": 6,
    "page_url": "https://shop.example/cups",
    "language": "de",
    "started_at": "2026-03-02T12:41:07.512000+00:00",
    "last_message_at": "2026-03-02T12:44:30.015000+00:00",
    "origin": {"code_id": 42, "short_code": "menu"},
    "held_by": {"id": 5, "name": "Grace"},
    "is_waiting": False,
    "is_unanswered": False,
    "tags": ["Sales"],
}
_SAID = {
    "id": _ID,
    "role": "person",
    "text": "I will send you two proofs today.",
    "at": "2026-03-02T12:44:30.015000+00:00",
    "author": "Grace",
    "citations": [],
}
_WITH_MESSAGES: dict[str, Any] = {**_CONVERSATION, "transcript": [_SAID]}


class ConversationsQuery(PageQuery):
    status: Literal["open", "ended"] | None = Field(None, description="Only those.")
    agent_id: Id | None = Field(None, description="Only those with this agent.")
    code_id: Id | None = Field(None, description="Only those that this code started.")


class OriginBody(ResponseModel):
    """The code by which the visitor came."""

    code_id: int
    short_code: str


class HolderBody(ResponseModel):
    id: int
    name: str


class ConversationBody(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_CONVERSATION]})

    id: UUID
    agent_id: int
    status: Literal["open", "ended"]
    messages: int = Field(description="How many were said.")
    page_url: str
    language: str
    started_at: Timestamp
    last_message_at: Timestamp
    origin: OriginBody | None
    held_by: HolderBody | None = Field(description="Who of the team answers in it.")
    is_waiting: bool = Field(description="Whether the visitor waits for a person.")
    is_unanswered: bool = Field(description="Whether the last question has no answer.")
    tags: list[str]


class ConversationList(ResponseModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [_CONVERSATION], "next_cursor": None}]}
    )

    data: list[ConversationBody]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class SaidBody(ResponseModel):
    id: UUID
    role: Literal["visitor", "agent", "person"]
    text: str
    at: Timestamp
    author: str | None = Field(description="The name of the person who wrote it.")
    citations: list[CitationBody]


class ConversationDetail(ConversationBody):
    """With the last 200 of its messages, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WITH_MESSAGES]})

    transcript: list[SaidBody]
