"""Addresses that a site makes up without end: calendars, paths in circles, filters of filters."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pitchbar.core import clock
from pitchbar.crawling.addresses import segments_of

MAX_SEGMENTS = 16
MAX_PARAMETERS = 8
MAX_CALENDAR_PAGES = 24
_MAX_REPEATS = 3
_YEARS_AHEAD = 2
_YEARS_BACK = 40

_CALENDAR_WORDS = re.compile(
    r"calend|kalend|agenda|event|veranstalt|termin|month|monat|week|woche|date|datum|schedule",
    re.IGNORECASE,
)
# 2026, 2026/11, 2026-11-05 as the last of a path.
_DATE = re.compile(
    r"(?:^|[/=_-])([1-9]\d{3})(?:([/-])(1[0-2]|0?[1-9])(?:\2(?:[12]\d|3[01]|0?[1-9]))?)?/?$"
)
_COMMON_YEARS = range(1900, 2200)
_DATE_NAMES = frozenset(("date", "day", "month", "year", "week", "tribe-bar-date", "event-date"))


def trap_of(url: str) -> str:
    """A sentence on why an address looks made up, by itself; "" when it does not."""
    parts = urlsplit(url)
    segments = list(segments_of(parts.path))
    if _repeats(segments):
        return "Its path goes in circles: parts of it come again and again."
    if len(segments) > MAX_SEGMENTS:
        return f"Its path is deeper than {MAX_SEGMENTS} levels."
    if len(_asked_for(parts)) > MAX_PARAMETERS:
        return f"It has more than {MAX_PARAMETERS} parameters."
    year, now = _calendar_year(parts), clock.now().year
    if year and not now - _YEARS_BACK <= year <= now + _YEARS_AHEAD:
        return f"It is a page of a calendar, of the year {year}."
    return ""


class _Family(NamedTuple):
    """Addresses that differ by a number, or by what is asked of one page."""

    kind: str
    shape: str


# Whole sites are one page with numbers, so that questions of one kind may be many.
_MOST = {
    "question": (300, "The site has ever new answers to this one question."),
    "questions": (100, "The site has ever new answers to these questions."),
    "kinds": (12, "The site combines questions to this one page in ever new ways."),
    "calendar": (MAX_CALENDAR_PAGES, "The site has a calendar without end, with this page in it."),
}


class Traps:
    """Looks at the addresses of one crawl together; begun with those that are known already."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._counts: Counter[_Family] = Counter()
        for url in known:
            self._counts.update(self._families_of(urlsplit(url)))

    def admit(self, url: str) -> str:
        """Empty when it may be read, and then it counts; else a sentence on why not."""
        if reason := trap_of(url):
            return reason
        families = self._families_of(urlsplit(url))
        for family in families:
            most, sentence = _MOST[family.kind]
            if self._counts[family] >= most:
                return sentence
        self._counts.update(families)
        return ""

    def _families_of(self, parts: SplitResult) -> list[_Family]:
        found, page = [], f"{parts.netloc}{parts.path}"
        if names := sorted({name for name, _ in _asked_for(parts)}):
            kind = "question" if len(names) == 1 else "questions"
            alike = _Family(kind, f"{page}?{'&'.join(names)}")
            found += [alike] if self._counts[alike] else [alike, _Family("kinds", page)]
        if _calendar_year(parts):
            shape = re.sub(r"\d+", "#", parts.path)
            found.append(_Family("calendar", f"{parts.netloc}{shape}?{'&'.join(names)}"))
        return found


def _asked_for(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)


def _calendar_year(parts: SplitResult) -> int:
    """The year that a page of a calendar is of; 0 when it is none: an article has words behind its
    date, and a number alone may be anything.
    """
    for name, value in _asked_for(parts):
        if name.lower() in _DATE_NAMES and (match := re.match(r"(\d{4})(?:\D|$)", value)):
            return int(match[1])
    match = _DATE.search(parts.path)
    if match is None:
        return 0
    year, speaks_of_time = int(match[1]), _CALENDAR_WORDS.search(parts.path)
    return year if speaks_of_time or (match[2] and year in _COMMON_YEARS) else 0


def _repeats(segments: list[str]) -> bool:
    """a/b/a/b/a/b, or one word again and again."""
    for width in range(1, len(segments) // _MAX_REPEATS + 1):
        for start in range(len(segments) - width * _MAX_REPEATS + 1):
            part = segments[start : start + width]
            again = segments[start : start + width * _MAX_REPEATS]
            if again == part * _MAX_REPEATS:
                return True
    return False
