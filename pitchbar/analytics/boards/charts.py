"""What the chart of a board shows: steps with their names, the span before, and marks."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pitchbar.analytics.boards.annotations.queries import list_annotations
from pitchbar.analytics.boards.ranges import Range
from pitchbar.analytics.engine import Bucket, Metric, Span
from pitchbar.codes.queries import DestinationChange, list_destination_changes
from pitchbar.core import clock
from pitchbar.core.wording import plain_address
from pitchbar.workspaces.models import Workspace

_HOUR = timedelta(hours=1)
_SO_FAR = {"hour": "This hour", "day": "Today", "week": "This week", "month": "This month"}


@dataclass(frozen=True, slots=True)
class Step:
    """One hour, day, week or month. `value` is what the lines show of it; `starts` and `ends` are
    how an address names its first and its last day or hour.
    """

    label: str
    value: int
    before: int | None
    people: int
    unique_people: int
    hits: int
    conversions: int
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened within a step. An annotation has an id."""

    text: str
    when: str
    annotation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """A step of the span before."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`marks` stand by the index of their step."""

    interval: str
    steps: Sequence[Step]
    before: Sequence[Before]
    changes: Mapping[int, Sequence[Mark]]
    notes: Mapping[int, Sequence[Mark]]
    is_going_on: bool

    @property
    def so_far(self) -> str:
        return _SO_FAR[self.interval]


def draw_chart(
    workspace: Workspace,
    code_id: int | None,
    shown: Range,
    metric: Metric,
    series: Sequence[Bucket],
    before: Sequence[Bucket],
) -> Chart:
    span = shown.span
    earlier = before[: len(series)]
    values = [_value(bucket, metric) for bucket in earlier]
    ends = [*(bucket.at for bucket in series[1:]), span.end]
    steps = [
        _step(bucket, end, span, metric, values[index] if index < len(values) else None)
        for index, (bucket, end) in enumerate(zip(series, ends, strict=True))
    ]
    starts = [bucket.at for bucket in series]
    return Chart(
        span.interval,
        steps,
        [Before(_label(one.at, span), _value(one, metric)) for one in earlier],
        _changes(workspace, code_id, starts, span) if code_id else {},
        _notes(workspace, code_id, starts, span),
        bool(series) and starts[-1] <= clock.now() < span.end,
    )


def _value(bucket: Bucket, metric: Metric) -> int:
    return int(getattr(bucket, metric))


def _step(bucket: Bucket, end: datetime, span: Span, metric: Metric, before: int | None) -> Step:
    return Step(
        _label(bucket.at, span),
        _value(bucket, metric),
        before,
        bucket.people,
        bucket.unique_people,
        bucket.hits,
        bucket.conversions,
        _edge(bucket.at, span),
        _edge(end - _HOUR, span),
    )


def _edge(at: datetime, span: Span) -> str:
    local = at.astimezone(ZoneInfo(span.zone))
    return f"{local:%Y-%m-%dT%H:00}" if span.interval == "hour" else f"{local:%Y-%m-%d}"


def _label(at: datetime, span: Span) -> str:
    local = at.astimezone(ZoneInfo(span.zone))
    if span.interval == "hour":
        is_short = span.end - span.start <= 25 * _HOUR
        return f"{local:%H:%M}" if is_short else f"{local:%b} {local.day}, {local:%H:%M}"
    if span.interval == "month":
        return f"{local:%b %Y}"
    year = f", {local:%Y}" if span.first.year != span.last.year else ""
    return f"{local:%b} {local.day}{year}"


def _changes(
    workspace: Workspace, code_id: int, starts: Sequence[datetime], span: Span
) -> Mapping[int, Sequence[Mark]]:
    found: dict[int, list[Mark]] = defaultdict(list)
    for change in list_destination_changes(workspace, code_id, since=span.start):
        if span.start <= change.at < span.end:
            found[bisect_right(starts, change.at) - 1].append(_mark(change, span.zone))
    return found


def _mark(change: DestinationChange, zone: str) -> Mark:
    local = change.at.astimezone(ZoneInfo(zone))
    when = f"{local.day} {local:%B %Y, %H:%M}"
    return Mark(f"Leads to {plain_address(change.new_url)}", f"since {when}")


def _notes(
    workspace: Workspace, code_id: int | None, starts: Sequence[datetime], span: Span
) -> Mapping[int, Sequence[Mark]]:
    zone = ZoneInfo(span.zone)
    found: dict[int, list[Mark]] = defaultdict(list)
    days = [at.astimezone(zone).date() for at in starts]
    for note in list_annotations(workspace, code_id, span.first, span.last):
        # Of a day that is shown by the hour: at its first hour there.
        index = days.index(note.day) if note.day in days else bisect_right(days, note.day) - 1
        when = f"{note.day.day} {note.day:%B %Y}"
        found[max(index, 0)].append(Mark(note.text, when, note.id))
    return found
