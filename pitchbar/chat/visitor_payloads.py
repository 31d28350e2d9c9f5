"""What visitors send and get beside asking."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from pitchbar.api.payloads import ResponseModel, Text, Timestamp
from pitchbar.chat.payloads import MESSAGE_EXAMPLE, WidgetPayload, example
from pitchbar.chat.widget_events import Kind


class NewLead(WidgetPayload):
    model_config = example(email="ada@mail.example", name="Ada")

    email: Text = Field(max_length=254)
    name: Text = Field("", max_length=200)
    phone: Text = Field("", max_length=64)
    fields: dict[
        Annotated[str, StringConstraints(min_length=1, max_length=64)],
        Annotated[Text, StringConstraints(max_length=1000)],
    ] = Field(
        default_factory=dict, description="What else your form asks for, by name.", max_length=20
    )
    consented: bool = Field(
        False, description="The visitor agreed to `agent.consent`; needed once in a conversation."
    )


class KeptLead(ResponseModel):
    """That somebody of the workspace sees it now."""

    model_config = example(id=7, captured_at=MESSAGE_EXAMPLE["at"])

    id: int
    captured_at: Timestamp


class WidgetEvent(WidgetPayload):
    """What a visitor did; counted by day, and kept of nobody. `typing` is not even counted: it is
    shown to whoever of the team has the conversation open.
    """

    model_config = example(kind="opened")

    kind: Kind | Literal["typing"]


class PersonRequest(WidgetPayload):
    """May be left out where the agent has no `consent`."""

    model_config = example(consented=True)
    takes_nothing: ClassVar[bool] = True

    consented: bool = Field(
        False, description="The visitor agreed to `agent.consent`; needed once in a conversation."
    )


class RequestedPerson(ResponseModel):
    model_config = example(requested_at=MESSAGE_EXAMPLE["at"], is_open=True)

    requested_at: Timestamp
    is_open: bool = Field(description="Whether people of the workspace are there just now.")


class Opinion(WidgetPayload):
    """Of one answer, or, without `message_id`, of the whole conversation."""

    model_config = example(message_id=MESSAGE_EXAMPLE["id"], value="up")

    value: Literal["up", "down"] | None = Field(description="null takes it back.")
    message_id: Text | None = Field(None, max_length=36)
    text: Text = Field("", description="In a few words, why.", max_length=2000)
