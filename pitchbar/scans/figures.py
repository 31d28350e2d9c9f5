"""What a page of figures shows: people and what else there was, a series, the latest scans."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitchbar.codes.queries import (
    CodeName,
    DestinationChange,
    list_destination_changes,
    names_of,
)
from pitchbar.scans.queries import (
    Point,
    list_points,
    list_points_until_now,
    list_recent_scans,
)
from pitchbar.scans.ranges import Range
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Figure:
    """A total. `change` is relative to the range before: 0.12 is 12 % more; None without one.

    `previous` is of the range before up to the same hour, since the current day is not over.
    """

    key: str
    value: int
    previous: int
    change: float | None


@dataclass(frozen=True)
class SetApart:
    """Hits of one kind that are counted as no person."""

    count: int
    label: str


@dataclass(frozen=True)
class Figures:
    """What a board says first: people, and what else there was."""

    people: Figure
    unique_people: Figure
    hits: int
    set_apart: list[SetApart]


@dataclass(frozen=True)
class Chart:
    """`before` are the buckets of the range before, as many as `points`; `changes` are those of a
    code's destination, by the index of their bucket.
    """

    interval: str
    points: list[Point]
    before: list[Point]
    changes: dict[int, list[DestinationChange]]


@dataclass(frozen=True)
class RecentScan:
    """A scan as a row of the list; whatever is not known is None."""

    id: UUID
    at: datetime
    code_id: int
    code: CodeName
    country: str | None
    device: str | None
    os: str | None
    browser: str | None
    referrer_host: str | None
    set_apart: str | None


@dataclass(frozen=True)
class Series:
    """What the rollups tell of a range."""

    figures: Figures
    chart: Chart


@dataclass(frozen=True)
class Dashboard(Series):
    """All that moves when a scan arrives."""

    recent: list[RecentScan]


def load_dashboard(workspace: Workspace, code_id: int | None, span: Range) -> Dashboard:
    """Reads a board for one code, or for the workspace when `code_id` is None."""
    series = load_series(workspace, code_id, span)
    return Dashboard(series.figures, series.chart, load_recent_scans(workspace, code_id))


def load_series(workspace: Workspace, code_id: int | None, span: Range) -> Series:
    points = list_points(workspace, code_id, span)
    before = list_points(workspace, code_id, span, back=1)
    until_now = list_points_until_now(workspace, code_id, span, before)
    figures = Figures(
        _figure("people", points, until_now),
        _figure("unique_people", points, until_now),
        sum(point.hits for point in points),
        _set_apart(points),
    )
    changes = _changes_by_bucket(workspace, code_id, points) if code_id else {}
    return Series(figures, Chart(span.interval, points, before, changes))


def _changes_by_bucket(
    workspace: Workspace, code_id: int, points: list[Point]
) -> dict[int, list[DestinationChange]]:
    starts = [point.at for point in points]
    found: dict[int, list[DestinationChange]] = defaultdict(list)
    for change in list_destination_changes(workspace, code_id, since=starts[0]):
        found[bisect_right(starts, change.at) - 1].append(change)
    return found


def _figure(key: str, points: list[Point], before: list[Point]) -> Figure:
    value, previous = (sum(int(getattr(point, key)) for point in each) for each in (points, before))
    return Figure(key, value, previous, (value - previous) / previous if previous else None)


def _set_apart(points: list[Point]) -> list[SetApart]:
    counts = [
        (sum(point.robots for point in points), ("robot", "robots")),
        (sum(point.repeats for point in points), ("repeat", "repeats")),
        (sum(point.own for point in points), ("of your own", "of your own")),
        (sum(point.over_limit for point in points), ("over the limit", "over the limit")),
    ]
    return [SetApart(count, words[count != 1]) for count, words in counts if count]


def load_recent_scans(workspace: Workspace, code_id: int | None) -> list[RecentScan]:
    scans = list_recent_scans(workspace, code_id)
    names = names_of(workspace, {scan.code_id for scan in scans})
    return [
        RecentScan(
            scan.id,
            scan.scanned_at,
            scan.code_id,
            names[scan.code_id],
            country=scan.country,
            device=scan.device,
            os=scan.os,
            browser=scan.browser,
            referrer_host=scan.referrer_host,
            set_apart=scan.set_apart,
        )
        for scan in scans
    ]
