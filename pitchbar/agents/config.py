"""What an agent is like: how it is called, speaks, looks and when it rather says nothing."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

MOST_STARTERS = 6
MOST_TRIGGERS = 5


class OpenHours(BaseModel):
    """Of one weekday, in the workspace's time zone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # Monday is 0.
    day: int = Field(ge=0, le=6)
    # `HH:MM`; the end may be `24:00`.
    opens: str
    closes: str


class LeadForm(BaseModel):
    """Asked of who wants to hear from a person, or gets no answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    is_offered: bool = True
    asks_name: bool = True
    asks_phone: bool = False
    intro: str = ""


class ConsentLine(BaseModel):
    """What visitors agree to before they write; empty asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str = ""
    # Where more is said, such as a privacy policy; empty without a link.
    url: str = ""


class Trigger(BaseModel):
    """When the widget speaks first, once on a page.

    `value` is seconds of `time` on a page and `idle` on it, percent of `scroll`, or a pair of
    `utm`, such as `campaign=spring`; who is about to `exit` needs none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["time", "scroll", "exit", "idle", "utm"]
    value: int | str | None = None
    # A bubble beside the launcher with `text`, or the chat itself.
    action: Literal["greet", "open"] = "greet"
    text: str = ""


class AgentConfig(BaseModel):
    """Unknown names are left alone: an older release may read what a newer one wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = "Assistant"
    # Who it is and how it speaks, in the customer's words; and what it is to keep to.
    persona: str = ""
    tone: Literal["friendly", "neutral", "formal"] = "friendly"
    instructions: str = ""
    # Of its answers, such as `de`; empty follows the visitor.
    language: str = ""
    greeting: str = ""
    starters: tuple[str, ...] = ()
    # None takes all sources of the workspace, also those that come later.
    source_ids: tuple[int, ...] | None = None
    # Answers that are less sure than this are not given; None takes ANSWER_THRESHOLD.
    threshold: float | None = None
    # Said when it does not know; empty takes the usual sentence.
    refusal: str = ""
    # Whether a person of the workspace can be asked for.
    offers_person: bool = True
    lead_form: LeadForm = LeadForm()
    consent: ConsentLine = ConsentLine()
    # None: always open.
    hours: tuple[OpenHours, ...] | None = None
    theme: Literal["auto", "light", "dark"] = "auto"
    accent: str = "#0b7a5c"
    position: Literal["right", "left"] = "right"
    launcher_icon: Literal["message", "question", "spark"] = "message"
    launcher_label: str = ""
    triggers: tuple[Trigger, ...] = ()

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        return cls.model_validate(stored)

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")
