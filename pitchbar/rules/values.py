"""The values that conditions ask for: each is refused in a sentence, or taken as it is stored."""

import re
from datetime import date as Date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from babel import Locale
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from pitchbar.api.payloads import Text
from pitchbar.core.time_zones import is_time_zone

DEVICES = ("phone", "tablet", "desktop", "tv", "console", "watch", "headset")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_VALUES, MAX_NAME = 300, 100
_LANGUAGE = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8}){0,3})", re.IGNORECASE)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def refusal(sentence: str) -> PydanticCustomError:
    """What a validator raises: a sentence that people read as it is."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


@cache
def list_countries() -> tuple[str, ...]:
    """All of ISO 3166 in alpha-2, and XK, which all the world says for Kosovo."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    codes = {line[:2] for line in table.splitlines() if line and not line.startswith("#")}
    return tuple(sorted(codes | {"XK"}))


@cache
def _languages() -> frozenset[str]:
    return frozenset(Locale("en").languages) - {"und", "mul", "zxx", "root"}


def _device(value: str) -> str:
    if value.lower() not in DEVICES:
        raise refusal(f"“{value}” is no device. There are: {', '.join(DEVICES)}.")
    return value.lower()


def _country(value: str) -> str:
    if value.upper() not in list_countries():
        raise refusal(f"“{value}” is no country. Use the two letters of ISO 3166, such as CH.")
    return value.upper()


def _language(value: str) -> str:
    """As usually written: "pt-BR", "zh-Hans"."""
    parts = _LANGUAGE.fullmatch(value)
    if parts is None or parts[1].lower() not in _languages():
        raise refusal(f"“{value}” is no language. Use a tag such as de or pt-BR.")
    first, *others = value.split("-")
    styles = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(styles.get(len(one), str.lower)(one) for one in others)])


def _weekday(value: str) -> str:
    if value.lower() not in WEEKDAYS:
        raise refusal(f"“{value}” is no day. There are: {', '.join(WEEKDAYS)}.")
    return value.lower()


def _zone(value: str) -> str:
    if not is_time_zone(value):
        raise refusal(f"“{value}” is no time zone. Use a name such as Europe/Zurich.")
    return value


def _time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise refusal("Write the time as 09:00.")
    return value


def _end_time(value: str) -> str:
    """The end of a day may be said, too."""
    return value if value == "24:00" else _time(value)


def _day(value: str) -> str:
    try:
        if _DAY.fullmatch(value):
            return Date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise refusal("Write the day as 2026-12-24.")


def _some(values: Any) -> Any:
    if isinstance(values, list) and not values:
        raise refusal("Choose at least one.")
    return values


def _each_once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


# Around the list as it came, and behind its values.
_NOT_EMPTY, _ONCE = BeforeValidator(_some), AfterValidator(_each_once)

Name = Annotated[Text, Field(min_length=1, max_length=MAX_NAME)]
Device = Annotated[str, AfterValidator(_device)]
Language = Annotated[str, AfterValidator(_language)]
Country = Annotated[str, AfterValidator(_country)]
Weekday = Annotated[str, AfterValidator(_weekday)]
Devices = Annotated[list[Device], Field(max_length=MAX_VALUES), _NOT_EMPTY, _ONCE]
Names = Annotated[list[Name], Field(max_length=MAX_VALUES), _NOT_EMPTY, _ONCE]
Languages = Annotated[list[Language], Field(max_length=MAX_VALUES), _NOT_EMPTY, _ONCE]
Countries = Annotated[list[Country], Field(max_length=MAX_VALUES), _NOT_EMPTY, _ONCE]
Weekdays = Annotated[list[Weekday], _NOT_EMPTY, _ONCE]
Zone = Annotated[str, AfterValidator(_zone)]
Time = Annotated[str, AfterValidator(_time)]
EndTime = Annotated[str, AfterValidator(_end_time)]
Day = Annotated[str, AfterValidator(_day)]
