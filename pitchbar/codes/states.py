"""What a code does with a scan just now, in a word and in a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pitchbar.codes.models import ARCHIVED, Code
from pitchbar.workspaces.models import Workspace

StateKey = Literal["active", "scheduled", "ended", "limit_reached", "archived"]

# How many scans codes with a limit have led on, by id. Codes that it leaves out are not known.
CountScans = Callable[[Workspace, Sequence[int]], Mapping[int, int]]
_counters: list[CountScans] = []


@dataclass(frozen=True)
class State:
    """Attributes:
    label: short enough for a row of a list.
    words: with the day, for a page.
    kind: of the badge.
    """

    key: StateKey
    label: str
    words: str
    kind: Literal["live", "warn", ""]


def register_scan_counter(count: CountScans) -> None:
    """For whoever counts, and stands above."""
    if count not in _counters:
        _counters.append(count)


def count_limited_scans(workspace: Workspace, codes: Sequence[Code]) -> Mapping[int, int]:
    """Of those that have a limit; nothing where nobody counts."""
    ids = [code.id for code in codes if code.scan_limit]
    if not ids or not _counters:
        return {}
    return _counters[0](workspace, ids)


def states_of(workspace: Workspace, codes: Sequence[Code], now: datetime) -> Mapping[int, State]:
    """By code id."""
    counts = count_limited_scans(workspace, codes)
    zone = workspace.time_zone
    return {code.id: state_of(code, now, zone, counts.get(code.id)) for code in codes}


def state_of(code: Code, now: datetime, zone: str, count: int | None = None) -> State:
    """In the order in which a scan is asked. `count` is how many scans the code has led on."""
    if code.status == ARCHIVED:
        return State("archived", "Archived", "Archived", "warn")
    if code.starts_at and now < code.starts_at:
        words = f"Starts {_day(code.starts_at, now, zone)}"
        return State("scheduled", "Not started", words, "")
    if code.ends_at and now >= code.ends_at:
        words = f"Ended {_day(code.ends_at, now, zone)}"
        return State("ended", "Ended", words, "warn")
    if code.scan_limit and count is not None and count >= code.scan_limit:
        words = f"Limit reached: {code.scan_limit:,} scans"
        return State("limit_reached", "Limit reached", words, "warn")
    return State("active", "Active", "Active", "live")


def _day(at: datetime, now: datetime, zone: str) -> str:
    """ "3 December", with the year where it is another; with the time where it is today."""
    there, here = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if there.date() == here.date():
        return f"today at {there:%H:%M}"
    return f"on {there:%-d %B}" if there.year == here.year else f"on {there:%-d %B %Y}"
