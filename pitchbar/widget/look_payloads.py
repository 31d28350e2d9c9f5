"""What the widget is told before anybody asks anything."""

from typing import Literal

from pydantic import ConfigDict, Field

from pitchbar.agents.config import Trigger
from pitchbar.api.payloads import Query, ResponseModel, Text
from pitchbar.chat.payloads import AGENT_EXAMPLE, AgentBody
from pitchbar.widget.look_words import LookWords


class LookQuery(Query):
    agent: Text = Field(description="The public id of a published agent.", max_length=40)
    path: Text = Field("/", description="Of the page, without its query.", max_length=2048)
    language: Text = Field(
        "", description="The page's, such as `de`; else the browser's.", max_length=35
    )


class TriggerLook(ResponseModel):
    """When the widget speaks first, once on a page."""

    kind: Literal["time", "scroll", "exit", "idle", "utm"]
    value: int | str | None = Field(
        description="Seconds of `time` and `idle`, percent of `scroll`, a pair of `utm`."
    )
    action: Literal["greet", "open"]
    text: str

    @classmethod
    def of(cls, trigger: Trigger) -> "TriggerLook":
        return cls.model_validate(trigger.model_dump())


class Look(ResponseModel):
    """What is shown while the chat is closed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agent": AGENT_EXAMPLE,
                    "language": "de",
                    "words": {
                        "open": "Chat öffnen",
                        "greeting": "Kann ich helfen?",
                        "dismiss": "Schließen",
                    },
                    "triggers": [
                        {
                            "kind": "scroll",
                            "value": 60,
                            "action": "greet",
                            "text": "May I help you choose?",
                        }
                    ],
                    "is_open": True,
                }
            ]
        }
    )

    agent: AgentBody
    language: str = Field(
        description="Of the widget's own words: the agent's, the page's or the browser's, "
        "whichever comes first of those that it knows."
    )
    words: LookWords
    triggers: list[TriggerLook]
    is_open: bool = Field(description="Whether people of the workspace are there just now.")
