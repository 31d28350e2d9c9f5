"""What a page of figures shows: three totals with their change, a series, the latest scans."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitchbar.codes.queries import names_of
from pitchbar.scans.queries import Point, list_points, list_recent_scans
from pitchbar.scans.ranges import Range
from pitchbar.workspaces.models import Workspace

_FIGURES = (
    ("hits", "All hits", "Robots included"),
    ("people", "People", "Robots and repeats left out"),
    ("unique_people", "Unique people", "Exact by day, added up"),
)


@dataclass(frozen=True)
class Figure:
    """A total. `change` is relative to the range before: 0.12 is 12 % more; None without one."""

    key: str
    label: str
    hint: str
    value: int
    previous: int
    change: float | None
    spark: list[int]


@dataclass(frozen=True)
class Chart:
    interval: str
    points: list[Point]


@dataclass(frozen=True)
class RecentScan:
    """A scan as a row of the list; whatever is not known is None."""

    id: UUID
    at: datetime
    code_id: int
    code_name: str
    short_code: str
    country: str | None
    device: str | None
    os: str | None
    browser: str | None
    referrer_host: str | None
    robot_reason: str | None


@dataclass(frozen=True)
class Series:
    """What the rollups tell of a range."""

    figures: list[Figure]
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
    return Series(
        [_figure(key, label, hint, points, before) for key, label, hint in _FIGURES],
        Chart(span.interval, points),
    )


def _figure(key: str, label: str, hint: str, points: list[Point], before: list[Point]) -> Figure:
    spark = [int(getattr(point, key)) for point in points]
    value, previous = sum(spark), sum(int(getattr(point, key)) for point in before)
    change = (value - previous) / previous if previous else None
    return Figure(key, label, hint, value, previous, change, spark)


def load_recent_scans(workspace: Workspace, code_id: int | None) -> list[RecentScan]:
    scans = list_recent_scans(workspace, code_id)
    names = names_of(workspace, {scan.code_id for scan in scans})
    return [
        RecentScan(
            scan.id,
            scan.scanned_at,
            scan.code_id,
            *names.get(scan.code_id, ("Deleted code", "")),
            country=scan.country,
            device=scan.device,
            os=scan.os,
            browser=scan.browser,
            referrer_host=scan.referrer_host,
            robot_reason=scan.set_apart,
        )
        for scan in scans
    ]
