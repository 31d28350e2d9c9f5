"""What the widget sends and gets. Names that are not known are left alone: the widget of a newer
release may speak with an older process.
"""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from pitchbar.api.payloads import Payload, Query, ResponseModel, Text, Timestamp
from pitchbar.core.colours import tones

# Of the widget's two themes.
GROUNDS = ("#f3f6f5", "#252c2b")
MESSAGE_EXAMPLE: dict[str, Any] = {
    "id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21",
    "role": "agent",
    "text": "Money comes back within fourteen days. [1]",
    "at": "2026-03-02T12:41:07.512000+00:00",
    "citations": [
        {
            "n": 1,
            "url": "https://shop.example/refunds#:~:text=Money%20comes%20back",
            "title": "Refunds",
            "quote": "Money comes back within fourteen days.",
        }
    ],
    "mode": "extractive",
    "low_confidence": False,
    "offers": [],
    "broken_off": False,
    "feedback": None,
    "author": None,
}
_TOKEN = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjRmMWEyYjNjIn0.eyJhdWQiOi…"  # noqa: S105  # an example
_VISITOR = "5b0a5a2e5d9c4c4f9d2f6a1b7c8d9e0f.9f2b41c07de35a6688e1d4"
AGENT_EXAMPLE: dict[str, Any] = {
    "id": "ag_3f9d2c7b1a5e8f604d21",
    "name": "Nora",
    "greeting": "Hello! What would you like to know?",
    "starters": ["When are you open?"],
    "language": "en",
    "theme": "auto",
    "accent": "#0b7a5c",
    "tones": tones("#0b7a5c", *GROUNDS),
    "position": "right",
    "launcher_icon": "message",
    "launcher_label": "",
    "offers": ["person", "lead_form"],
    "lead_form": {"asks_name": True, "asks_phone": False, "intro": ""},
    "consent": None,
}


def example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class WidgetPayload(Payload):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, strict=True)


class Start(WidgetPayload):
    """Send the visitor that you have kept, to be known again."""

    model_config = example(agent=AGENT_EXAMPLE["id"], page_url="https://shop.example/cups")

    agent: Text = Field(description="The public id of a published agent.", max_length=40)
    page_url: Text = Field("", description="Where the visitor is.", max_length=4096)
    visitor: Text | None = Field(
        None, description="What `visitor` was in an earlier answer.", max_length=200
    )
    attribution: Text | None = Field(
        None, description="The `pb_at` with which the visitor came.", max_length=200
    )
    language: Text | None = Field(
        None, description="The page's, such as `de`; else the browser's.", max_length=35
    )


class NewMessage(WidgetPayload):
    model_config = ConfigDict(
        str_strip_whitespace=False,
        json_schema_extra={"examples": [{"text": "How long do refunds take?"}]},
    )

    text: str = Field(
        description="What the visitor asks, at most 4,000 characters; what cannot be seen in it is "
        "taken out."
    )
    page_url: Text = Field("", description="Where the visitor is by now.", max_length=4096)
    consented: bool = Field(
        False, description="The visitor agreed to `agent.consent`; needed once in a conversation."
    )


class CitationBody(ResponseModel):
    """`n` stands in the text as `[n]`; the address opens the source at the quote where it can."""

    n: int
    url: str
    title: str
    quote: str


class MessageBody(ResponseModel):
    """Something that was said; from `citations` on of the agent's answers."""

    model_config = example(**MESSAGE_EXAMPLE)

    id: UUID
    role: Literal["visitor", "agent", "person"]
    text: str
    at: Timestamp
    citations: list[CitationBody]
    mode: str = Field(
        description="`llm`, `extractive` or `curated`; `notice` for a sentence of the chat itself."
    )
    low_confidence: bool
    offers: list[str] = Field(description="What can be done instead: `person`, `lead_form`.")
    broken_off: bool
    feedback: Literal["up", "down"] | None
    author: str | None = Field(None, description="The name of the person who wrote it.")


class PersonBody(ResponseModel):
    """Of the team, who answers in the agent's place."""

    name: str
    is_typing: bool


class MessageList(ResponseModel):
    """Oldest first."""

    model_config = example(
        messages=[MESSAGE_EXAMPLE],
        status="open",
        person={"name": "Grace", "is_typing": True},
        is_waiting=False,
        state="opaque",
    )

    messages: list[MessageBody]
    status: Literal["open", "ended"]
    person: PersonBody | None
    is_waiting: bool = Field(
        description="Whether the visitor asked for a person and may still expect one now."
    )
    state: str = Field(description="Changes with what stands above it, but for the messages.")


class LeadFormBody(ResponseModel):
    asks_name: bool
    asks_phone: bool
    intro: str


class ConsentBody(ResponseModel):
    text: str
    url: str = Field(description="Where more is said; empty without a link.")


class AgentBody(ResponseModel):
    """How the agent is called, speaks first and looks."""

    id: str
    name: str
    greeting: str
    starters: list[str]
    language: str
    theme: str
    accent: str
    tones: dict[str, str] = Field(
        description="The accent, and what is read and seen beside it: `on-accent`, `text-…` and "
        "`edge-…` of the light and the dark theme."
    )
    position: str
    launcher_icon: str
    launcher_label: str
    offers: list[str] = Field(description="Just now: a person only while somebody is there.")
    lead_form: LeadFormBody | None
    consent: ConsentBody | None = Field(
        description="What visitors agree to before their first message, or before they leave an "
        "address; null asks for nothing."
    )


class Started(ResponseModel):
    """Keep `token` for the calls that follow, and `visitor` for the next time."""

    model_config = example(
        token=_TOKEN,
        expires_in=3600,
        visitor=_VISITOR,
        conversation_id=MESSAGE_EXAMPLE["id"],
        agent=AGENT_EXAMPLE,
        messages=[MESSAGE_EXAMPLE],
    )

    token: str
    expires_in: int = Field(description="Seconds.")
    visitor: str
    conversation_id: UUID
    agent: AgentBody
    messages: list[MessageBody] = Field(description="The last 30 of the conversation.")


class After(Query):
    after: UUID | None = Field(None, description="The last message that you have.")
    wait: float = Field(0, ge=0, le=25, description="Seconds to wait for something new.")
    state: Text = Field("", max_length=64, description="The `state` of the last answer.")
