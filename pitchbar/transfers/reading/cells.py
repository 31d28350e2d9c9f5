"""What stands in single cells: days and times, yes and no, states, short codes out of links."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from pitchbar.codes.limits_of_use import FIRST_YEAR, LAST_YEAR
from pitchbar.codes.local_times import InvalidLocalTime, read_local_time
from pitchbar.codes.models import ACTIVE, ARCHIVED

YES = {"yes", "true", "1", "y", "on", "x", "wahr", "ja", "oui", "si", "sí"}
NO = {"no", "false", "0", "n", "off", "-", "falsch", "nein", "non", ""}
_ACTIVE = {"active", "enabled", "live", "published", "on", "scheduled", "ended", "limit_reached"}
_ARCHIVED = {"archived", "disabled", "inactive", "paused", "banned", "expired", "deleted", "off"}

_CLOCK = r"(?:[T ]\s*(?P<clock>\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<half>\s?[AaPp][Mm])?)?"
_DAYS = (
    re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_CLOCK}", re.ASCII),
    re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}),?{_CLOCK}", re.ASCII),
    re.compile(rf"(?P<a>\d{{1,2}})[/-](?P<b>\d{{1,2}})[/-](?P<y>\d{{4}}),?{_CLOCK}", re.ASCII),
)
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d| UTC| GMT)\Z", re.ASCII)
_FORMS = "Write it as 2026-12-01 or 2026-12-01 09:00."


class WrongCell(ValueError):
    """With the sentence for whoever wrote it."""


def read_yes(text: str) -> bool:
    word = text.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise WrongCell("Write yes or no.")


def read_status(text: str) -> str:
    word = text.strip().casefold().replace(" ", "_")
    if word in _ACTIVE or not word:
        return ACTIVE
    if word in _ARCHIVED:
        return ARCHIVED
    raise WrongCell("Write active or archived.")


def read_short_code(text: str) -> str:
    """The last part of a link, and what stands there otherwise; of several links, the first."""
    text = re.split(r"[\s,;|]", text.strip().strip("[]\"'"), maxsplit=1)[0].strip("\"'")
    if "/" not in text:
        return text.lower()
    path = urlsplit(text if "://" in text else f"https://{text}").path
    return unquote(path.rstrip("/").rpartition("/")[2]).lower()


def read_moment(text: str, zone: str, *, is_end: bool = False) -> datetime | None:
    """Times without an offset are of the zone; a day alone begins it, or as an end is whole.

    Raises:
        WrongCell
    """
    text = text.strip()
    if not text:
        return None
    if offset := _OFFSET.search(text):
        return _read_with_offset(text, offset)
    found = next((match for form in _DAYS if (match := form.fullmatch(text))), None)
    if found is None:
        raise WrongCell(f"This is no day and time that we read. {_FORMS}")
    year, month, day = _day_of(found.groupdict())
    hour = _hour_of(found["clock"], found["half"])
    try:
        wall = datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour or '00:00'}")
        if is_end and not hour:
            wall += timedelta(days=1)
        return read_local_time(wall.isoformat(), zone).at
    except InvalidLocalTime as error:
        raise WrongCell(str(error)) from None
    except (ValueError, OverflowError):
        raise WrongCell(f"There is no such day or time. {_FORMS}") from None


def _read_with_offset(text: str, offset: re.Match[str]) -> datetime:
    mark = offset[1].strip()
    plain = text[: offset.start()].strip()
    written = f"{plain}{'Z' if mark in ('UTC', 'GMT') else mark}"
    try:
        at = datetime.fromisoformat(written.replace(" ", "T", 1))
    except ValueError:
        raise WrongCell(f"This is no day and time that we read. {_FORMS}") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise WrongCell(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return at.astimezone(UTC)


def _day_of(parts: dict[str, str | None]) -> tuple[int, int, int]:
    """Year, month, day."""
    year = int(parts["y"] or 0)
    if "a" not in parts:
        return year, int(parts["m"] or 0), int(parts["d"] or 0)
    first, second = int(parts["a"] or 0), int(parts["b"] or 0)
    if first <= 12 and second <= 12 and first != second:
        raise WrongCell(f"This may be two days, by who reads it. {_FORMS}")
    return (year, second, first) if first > 12 else (year, first, second)


def _hour_of(clock: str | None, half: str | None) -> str:
    if not clock:
        return ""
    hour, _, rest = clock.partition(":")
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            raise WrongCell(f"There is no such time. {_FORMS}")
        number = number % 12 + (12 if half.strip().lower() == "pm" else 0)
    return f"{number:02}:{rest}"
