"""Conditions in words: "in Germany or Austria", "on weekdays from 09:00 to 17:30 (Berlin time)".

Works on conditions as the API writes them, also on those that are only half written: what is
missing becomes an ellipsis, as the sentence grows while somebody fills in the fields.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pitchbar.core.wording import number
from pitchbar.rules.choices import DEVICES, WEEKDAYS, country_said, language_name

Json = Mapping[str, Any]
MISSING = "…"
_WORKWEEK, _WEEKEND = ["mon", "tue", "wed", "thu", "fri"], ["sat", "sun"]


def condition_phrase(condition: Json, zone: str = "UTC") -> str:
    """One condition by itself: "in Germany or Austria", "on a phone"."""
    if condition.get("kind") == "device":
        names = [DEVICES.get(one, (one, one))[1] for one in values_of(condition)]
        return f"{'not on' if 'not_in' in condition else 'on'} {listed(names)}"
    return _phrase(condition, zone)


def failed_phrase(condition: Json, zone: str = "UTC") -> str:
    """Of a condition that did not hold, what holds instead: "Not in Germany", "On a later scan of
    the day"; what it excludes is said without a "not".
    """
    opposite = _opposite(condition)
    if opposite:
        return capital(condition_phrase({"kind": condition["kind"], **opposite}, zone))
    return f"Not {condition_phrase(condition, zone)}"


def _opposite(condition: Json) -> dict[str, Any]:
    pairs = {"not_in": "in", "below": "from"}
    for name, other in pairs.items():
        if name in condition:
            return {other: condition[name]}
    if "is_not" in condition:
        return {"name": condition.get("name"), "is": condition["is_not"]}
    if "present" in condition:
        return {"name": condition.get("name"), "present": not condition["present"]}
    if "seen" in condition:
        return {"seen": "new" if condition["seen"] == "again" else "again"}
    is_least = condition.get("kind") == "scans" and "from" in condition
    return {"below": condition["from"]} if is_least else {}


def _phrase(condition: Json, zone: str) -> str:
    phrase = _PHRASES.get(str(condition.get("kind")))
    return phrase(condition, zone) if phrase else MISSING


def _named(inside: str, outside: str, name: Callable[[str], str]) -> Callable[[Json, str], str]:
    """`inside` and `outside` have a place for the names."""

    def phrase(condition: Json, _zone: str) -> str:
        is_outside = "not_in" in condition
        names = [name(one) for one in values_of(condition)]
        return (outside if is_outside else inside).format(
            listed(names, "and" if is_outside else "or")
        )

    return phrase


def _time(condition: Json, zone: str) -> str:
    days = _days(condition.get("weekdays") or [])
    window = _window(condition.get("from"), condition.get("to"))
    if not days and not window:
        return f"on {MISSING}"
    place = _zone_note(condition, zone, always=bool(window))
    return " ".join(part for part in (days, window, place) if part)


def _days(chosen: Sequence[str]) -> str:
    days = [day for day in WEEKDAYS if day in chosen]
    if days in ([], [*WEEKDAYS]):
        return "every day" if days else ""
    if days == _WORKWEEK:
        return "on weekdays"
    if days == _WEEKEND:
        return "at weekends"
    names = [WEEKDAYS[day] for day in days]
    places = [list(WEEKDAYS).index(day) for day in days]
    if len(days) > 2 and places[-1] - places[0] == len(days) - 1:
        return f"from {names[0]} to {names[-1]}"
    return f"on {listed([f'{name}s' for name in names], 'and')}"


def _window(start: str | None, end: str | None) -> str:
    if not start and not end:
        return ""
    if start in (None, "", "00:00") and end not in (None, "", "24:00"):
        return f"until {end}"
    if end in (None, "", "24:00"):
        return "all day" if start in (None, "", "00:00") else f"from {start}"
    return f"from {start} to {end}{' the next day' if str(end) < str(start) else ''}"


def _date(condition: Json, zone: str) -> str:
    first, last = _day(condition.get("from")), _day(condition.get("to"))
    place = _zone_note(condition, zone)
    if first and last and first == last:
        words = f"on {_said(first)}"
    elif first and last:
        words = f"from {_said(first, last)} to {_said(last)}"
    elif first:
        words = f"from {_said(first)}"
    else:
        words = f"until {_said(last)}" if last else f"from {MISSING}"
    return f"{words} {place}" if place else words


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def _said(day: date, end: date | None = None) -> str:
    """ "1 December 2026"; what the end of the span says again is left out."""
    if end and (day.year, day.month) == (end.year, end.month):
        return str(day.day)
    return (
        f"{day.day} {day:%B}" if end and day.year == end.year else f"{day.day} {day:%B} {day.year}"
    )


def _zone_note(condition: Json, zone: str, *, always: bool = False) -> str:
    own = str(condition.get("zone") or zone)
    if not always and own == zone:
        return ""
    return f"({own.rpartition('/')[2].replace('_', ' ')}{'' if own == 'UTC' else ' time'})"


def _parameter(condition: Json, _zone: str) -> str:
    name = condition.get("name") or MISSING
    if "present" in condition:
        return f"{'with' if condition['present'] else 'without'} “{name}” in the link"
    if "is_not" in condition:
        return f"without {name}={condition['is_not']} in the link"
    return f"with {name}={condition.get('is', MISSING)} in the link"


def _scans(condition: Json, _zone: str) -> str:
    """The number is of scans that came before: below 100 are the first 100."""
    words = "for the first" if "below" in condition else "after the first"
    count = condition.get("below", condition.get("from"))
    said = number(count) if isinstance(count, int) else count or MISSING
    return f"{words} scan" if count == 1 else f"{words} {said} scans"


def _visitor(condition: Json, _zone: str) -> str:
    seen = {"new": "on their first scan of the day", "again": "on a later scan of the day"}
    return seen.get(str(condition.get("seen")), f"on {MISSING}")


_PHRASES: Mapping[str, Callable[[Json, str], str]] = {
    "os": _named("on {}", "not on {}", str),
    "browser": _named("in {}", "not in {}", str),
    "language": _named("with {} as their language", "without {} as their language", language_name),
    "country": _named("in {}", "outside {}", country_said),
    "time": _time,
    "date": _date,
    "parameter": _parameter,
    "scans": _scans,
    "visitor": _visitor,
}


def values_of(condition: Json) -> list[str]:
    return [str(one) for one in condition.get("in", condition.get("not_in")) or ()]


def listed(names: Sequence[str], last: str = "or") -> str:
    """ "Germany, Austria or Switzerland"; of many, the first few and how many more."""
    if not names:
        return MISSING
    if len(names) > 6:
        names = [*names[:5], f"{len(names) - 5} more"]
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def capital(text: str) -> str:
    """ "game consoles" as "Game consoles", and nothing else of it changed."""
    return text[:1].upper() + text[1:]
