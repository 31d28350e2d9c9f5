"""The conditions of a rule, as programs and forms send them.

Each kind is a model; what it refuses, it refuses in a sentence for the person who wrote it. What
the edge makes of them stands in `rules/compiling.py`.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, model_validator

from pitchbar.api.payloads import Payload, Text
from pitchbar.rules.values import (
    Countries,
    Day,
    Devices,
    EndTime,
    Languages,
    Name,
    Names,
    Time,
    Weekdays,
    Zone,
    refusal,
)

MAX_VALUE, MAX_SCANS = 500, 2_000_000_000
# In the order in which they are offered.
KINDS = (
    "device",
    "os",
    "browser",
    "language",
    "country",
    "time",
    "date",
    "parameter",
    "scans",
    "visitor",
)


class _Condition(Payload):
    def stored(self) -> dict[str, Any]:
        """As it is kept and compiled: what was left out stays left out."""
        given = self.model_dump(by_alias=True, exclude_none=True)
        return {"kind": given.pop("kind"), **given}

    def _require_one_of(self, **given: object) -> None:
        if sum(value is not None for value in given.values()) != 1:
            names = [f"“{name}”" for name in given]
            listed = " or ".join([", ".join(names[:-1]), names[-1]])
            raise refusal(f"Say {listed}: one of them.")


class _Listed(_Condition):
    """One of the values, or none of them. What is not known of a visitor is none of them."""

    in_: list[str] | None = Field(None, alias="in")
    not_in: list[str] | None = None

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        self._require_one_of(**{"in": self.in_, "not_in": self.not_in})
        return self


class DeviceCondition(_Listed):
    kind: Literal["device"]
    in_: Devices | None = Field(None, alias="in")
    not_in: Devices | None = None


class SystemCondition(_Listed):
    """By the name that the figures show: "iOS", "Android"; in any case."""

    kind: Literal["os"]
    in_: Names | None = Field(None, alias="in")
    not_in: Names | None = None


class BrowserCondition(_Listed):
    """By the name that the figures show: "Safari", "Instagram"; in any case."""

    kind: Literal["browser"]
    in_: Names | None = Field(None, alias="in")
    not_in: Names | None = None


class LanguageCondition(_Listed):
    """The language that the browser ranks first; "de" takes "de-CH", too."""

    kind: Literal["language"]
    in_: Languages | None = Field(None, alias="in")
    not_in: Languages | None = None


class CountryCondition(_Listed):
    kind: Literal["country"]
    in_: Countries | None = Field(None, alias="in")
    not_in: Countries | None = None


class TimeCondition(_Condition):
    """A window of the day, of some days of the week, or both. `to` is no part of the window. One
    that ends before it begins crosses midnight, and belongs to the day on which it began.
    """

    kind: Literal["time"]
    weekdays: Weekdays | None = None
    from_: Time | None = Field(None, alias="from")
    to: EndTime | None = None
    zone: Zone | None = Field(None, description="The workspace's when it is left out.")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise refusal("A window needs both, from and to.")
        if self.from_ is None and self.weekdays is None:
            raise refusal("Choose days of the week, a time from and to, or both.")
        if self.from_ is not None and self.from_ == self.to:
            raise refusal("The window is empty. For the whole day, leave from and to out.")
        return self


class DateCondition(_Condition):
    """Days, both included."""

    kind: Literal["date"]
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    zone: Zone | None = Field(None, description="The workspace's when it is left out.")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.from_ is None and self.to is None:
            raise refusal("Say the first day, the last, or both.")
        if self.from_ and self.to and self.from_ > self.to:
            raise refusal("The last day comes before the first.")
        return self


class ParameterCondition(_Condition):
    """A parameter of the scanned address, the first of that name. One that is missing is not this
    or that, so `is_not` takes it.
    """

    kind: Literal["parameter"]
    name: Name
    is_: Annotated[Text, Field(max_length=MAX_VALUE)] | None = Field(None, alias="is")
    is_not: Annotated[Text, Field(max_length=MAX_VALUE)] | None = None
    present: bool | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        self._require_one_of(**{"is": self.is_, "is_not": self.is_not, "present": self.present})
        return self


class ScansCondition(_Condition):
    """How many scans of the code came before this one."""

    kind: Literal["scans"]
    below: int | None = Field(None, ge=1, le=MAX_SCANS)
    from_: int | None = Field(None, alias="from", ge=1, le=MAX_SCANS)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        self._require_one_of(**{"below": self.below, "from": self.from_})
        return self


class VisitorCondition(_Condition):
    """Whether the visitor scanned this code today already, by the workspace's day."""

    kind: Literal["visitor"]
    seen: Literal["new", "again"]


Condition = Annotated[
    DeviceCondition
    | SystemCondition
    | BrowserCondition
    | LanguageCondition
    | CountryCondition
    | TimeCondition
    | DateCondition
    | ParameterCondition
    | ScansCondition
    | VisitorCondition,
    Discriminator("kind"),
]
