"""What programs send and get about agents."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from pitchbar.agents.config import ConsentLine, LeadForm, OpenHours, Trigger
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp

EXAMPLE: dict[str, JsonValue] = {
    "id": 3,
    "public_id": "ag_5f0c1d2e3a4b5c6d7e8f",
    "name": "Help desk",
    "allowed_origins": ["https://shop.example"],
    "restricted_paths": ["/checkout"],
    "source_ids": [12],
    "published_version": 4,
    "has_unpublished_changes": False,
    "draft": {"name": "Help desk", "tone": "friendly", "greeting": "How can we help?"},
    "created_at": "2026-03-02T09:15:00+00:00",
    "updated_at": "2026-03-09T09:20:11+00:00",
}


class LeadFormBody(Payload):
    is_offered: bool = True
    asks_name: bool = True
    asks_phone: bool = False
    intro: str = ""

    def as_config(self) -> LeadForm:
        return LeadForm(**self.model_dump())


class ConsentBody(Payload):
    """What visitors agree to before they write; an empty text asks for nothing."""

    text: Text = Field("", description="At most 300 characters.")
    url: Text = Field("", description="Where more is said; empty without a link.")


class OpenHoursBody(Payload):
    day: int = Field(ge=0, le=6, description="Monday is 0.")
    opens: str = Field(description="`HH:MM`, in the workspace's time zone.")
    closes: str


class TriggerBody(Payload):
    """When the widget speaks first: after a `time` on a page (1 to 3,600 seconds), having seen so
    much of it by `scroll` (1 to 100 percent), about to leave it (`exit`), having been `idle` on it
    (5 to 3,600 seconds), or having come by a link with such a pair (`utm`).
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "time", "value": 20, "text": "May I help you choose?"}]
        }
    )

    kind: Literal["time", "scroll", "exit", "idle", "utm"]
    value: int | Text | None = Field(
        None, description="A number, or a pair such as `campaign=spring`; of `exit` none."
    )
    action: Literal["greet", "open"] = Field(
        "greet", description="A bubble with `text` beside the launcher, or the chat itself."
    )
    text: Text = Field("", description="At most 160 characters; needed to `greet`.")


class AgentChanges(Payload):
    """What is left out, or null, stays as it is. Origins and paths act at once, the rest once it is
    published.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"greeting": "How can we help?"}]})

    name: Text | None = Field(None, min_length=1, max_length=80)
    allowed_origins: list[Text] | None = Field(
        None, max_length=50, description="`https://shop.example`, `https://*.shop.example` or `*`."
    )
    restricted_paths: list[Text] | None = Field(None, max_length=100)
    source_ids: list[int] | None = Field(None, max_length=1000)
    all_sources: bool | None = Field(
        None, description="True takes every source, also those that come later."
    )
    persona: str | None = None
    tone: Literal["friendly", "neutral", "formal"] | None = None
    instructions: str | None = None
    language: Text | None = Field(None, description="Of its answers; empty follows the visitor.")
    greeting: str | None = None
    starters: list[Text] | None = Field(None, description="Up to six questions.")
    threshold: float | None = Field(None, ge=0, le=1)
    refusal: str | None = None
    offers_person: bool | None = None
    lead_form: LeadFormBody | None = None
    consent: ConsentBody | None = None
    hours: list[OpenHoursBody] | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    accent: Text | None = Field(None, description="A colour such as `#0b7a5c`.")
    position: Literal["right", "left"] | None = None
    launcher_icon: Literal["message", "question", "spark"] | None = None
    launcher_label: Text | None = None
    triggers: list[TriggerBody] | None = Field(
        None, description="Up to five; an empty list takes all away."
    )


class NewAgent(AgentChanges):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Help desk", "allowed_origins": ["https://shop.example"]}]
        }
    )

    name: Text = Field(min_length=1, max_length=80)


class AgentResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    public_id: str = Field(description="What pages that show it name.")
    name: str
    allowed_origins: list[str]
    restricted_paths: list[str]
    source_ids: list[int] | None = Field(description="Null: every source.")
    published_version: int | None = Field(description="None while it is a draft only.")
    has_unpublished_changes: bool
    draft: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp


class AgentList(ResponseModel):
    data: list[AgentResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def config_values(payload: AgentChanges) -> dict[str, Any]:
    """Of the draft; only what was sent."""
    access = {"allowed_origins", "restricted_paths", "all_sources"}
    apart = access | {"lead_form", "consent", "hours", "triggers"}
    values = payload.model_dump(exclude_none=True, exclude=apart)
    if payload.all_sources:
        values["source_ids"] = None
    if payload.lead_form is not None:
        values["lead_form"] = payload.lead_form.as_config()
    if payload.consent is not None:
        values["consent"] = ConsentLine(**payload.consent.model_dump())
    if payload.hours is not None:
        values["hours"] = tuple(OpenHours(**one.model_dump()) for one in payload.hours)
    if payload.triggers is not None:
        values["triggers"] = tuple(Trigger(**one.model_dump()) for one in payload.triggers)
    return values


def agent_response(agent: Agent, published: AgentVersion | None) -> AgentResponse:
    return AgentResponse(
        id=agent.id,
        public_id=agent.public_id,
        name=agent.name,
        allowed_origins=agent.allowed_origins,
        restricted_paths=agent.restricted_paths,
        source_ids=agent.draft.get("source_ids"),
        published_version=published.number if published else None,
        has_unpublished_changes=published is None or published.config != agent.draft,
        draft=agent.draft,
        created_at=agent.created_at,
        updated_at=agent.updated_at,
    )
