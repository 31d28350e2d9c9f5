"""What settings are made of: groups of them, and the kinds of values that they hold."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from pitchbar.core.environment import SettingsError, read_environment
from pitchbar.core.limits import parse_rate

if TYPE_CHECKING:
    from pathlib import Path


class SettingsGroup(BaseModel):
    """The settings of one feature: a class in its `settings.py`, where each field is the variable
    of the same name. `Settings` collects the groups; `settings[CodeSettings].name` reaches one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    least_secret_lengths: ClassVar[Mapping[str, int]] = {}
    """Fields whose value opens something to whoever guesses it; outside development a short or
    well-known one is refused. An empty one opens nothing."""

    refused_in_production: ClassVar[tuple[str, ...]] = ()
    """Fields that open something for development and tests; production does not start with one."""

    def with_defaults_in(self, data_dir: "Path") -> Self:
        """The group with those defaults filled in that lie in the folder for data."""
        return self

    def refuse_in(self, app_env: str) -> None:
        """Raises SettingsError for the first field that is set and must not be there."""
        names = self.refused_in_production if app_env == "production" else ()
        if name := next((name for name in names if getattr(self, name)), None):
            raise SettingsError(
                f"{name.upper()} is for development and tests only: production does not start "
                "with it."
            )


G = TypeVar("G", bound=SettingsGroup)


def read_group(kind: type[G], environ: Mapping[str, str]) -> G:
    """From the environment. Raises SettingsError."""
    try:
        return kind.model_validate(read_environment(tuple(kind.model_fields), environ))
    except ValidationError as error:
        name, sentence = next(iter(explain(error).items()))
        named = name.upper() or "the settings"
        raise SettingsError(f"{named} is not usable: {sentence}.") from None


def explain(error: ValidationError) -> dict[str, str]:
    """What is wrong, by the field's name; empty for what concerns several."""
    return {
        str(one["loc"][0]) if one["loc"] else "": one["msg"].removeprefix("Value error, ")
        for one in reversed(error.errors())
    }


def _is_rate(value: str) -> str:
    parse_rate(value)
    return value


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    return value


def _split_keys(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[,\s]+", value) if part)
    return value


def _is_https(value: str) -> str:
    # Secrets travel there; http is for the fakes of the tests alone.
    if not re.fullmatch(r"(https://[^/\s]|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$))\S*", value):
        raise ValueError("must start with https:// (or http:// on this machine, for tests)")
    return value


def _is_long_secret(value: str) -> str:
    if value and (len(value) < 24 or not re.fullmatch(r"[!-~]+", value)):
        raise ValueError("must have at least 24 characters, and neither spaces nor umlauts")
    return value


Rate = Annotated[str, AfterValidator(_is_rate)]
"""How often something may happen, such as 120/minute; `parse_rate` reads it."""

NameList = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Names, addresses or hosts, separated by commas; in lower case."""

KeyList = Annotated[tuple[str, ...], BeforeValidator(_split_keys)]
"""Secrets, separated by commas or white space; each as it was written."""

HttpsUrl = Annotated[str, AfterValidator(_is_https)]
"""The address of an outside system."""

LongSecret = Annotated[str, AfterValidator(_is_long_secret)]
"""A secret that nothing slows down guessing of; empty: none."""

Days = Annotated[int, Field(ge=0)]
"""A time in days; a group says where 0 has a meaning."""

Seconds = Annotated[float, Field(ge=0, le=60)]
"""A short wait."""
