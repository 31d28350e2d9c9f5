"""What a rule would have raised in the last 30 days: the same judgement, hour by hour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from sqlalchemy import select

from pitchbar.alerts.evaluation import MOST_MINUTES
from pitchbar.alerts.judging import Reading, Verdict
from pitchbar.alerts.kinds import Kind
from pitchbar.alerts.ruled import Ruled
from pitchbar.alerts.sentences import measured_detail
from pitchbar.alerts.windows import (
    HOUR,
    LEAST_WEEKS,
    WEEKS,
    Window,
    count_weeks_known,
    weeks_before,
)
from pitchbar.core.clock import local_date, start_of_hour
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanHour
from pitchbar.workspaces.models import Workspace

DAYS = 30


@dataclass(frozen=True)
class Raised:
    """`recovered_at` is None for what would still be open."""

    at: datetime
    recovered_at: datetime | None
    detail: str


@dataclass(frozen=True)
class PreviewDay:
    day: date
    people: int
    raised: int


@dataclass(frozen=True)
class Preview:
    """`note` says what cannot be told of the past."""

    raised: list[Raised]
    days: list[PreviewDay]
    note: str = ""


class Series:
    """People by hour, summed up over any window at once."""

    def __init__(self, by_hour: Mapping[datetime, int], start: datetime, end: datetime) -> None:
        self._start = start
        hours = (end - start) // HOUR
        counts = [by_hour.get(start + index * HOUR, 0) for index in range(hours)]
        self._sums = [0, *accumulate(counts)]

    def count(self, window: Window) -> int:
        return self._sum_before(window.end) - self._sum_before(window.start)

    def is_known_before(self, at: datetime) -> bool:
        """Whether anybody came before that."""
        return self._sum_before(at) > 0

    def _sum_before(self, at: datetime) -> int:
        return self._sums[min(max(0, (at - self._start) // HOUR), len(self._sums) - 1)]


@dataclass(frozen=True)
class Question:
    """A rule, stored or only typed, and what it watches: since when, in which zone."""

    kind: Kind
    rule: Ruled
    zone: str
    since: datetime
    cooldown: timedelta


def preview_measured(
    question: Question, workspace_id: int, code_id: int | None, now: datetime
) -> Preview:
    first = start_of_hour(now) - timedelta(days=DAYS)
    minutes = max(question.rule.window_minutes or 60, 60)
    start = first - timedelta(weeks=WEEKS, minutes=minutes) - HOUR
    by_hour = load_hours(workspace_id, code_id, start)
    series = Series(by_hour, start, start_of_hour(now) + HOUR)
    raised = list(replay(question, series, first, start_of_hour(now)))
    return Preview(raised, _days(by_hour, raised, question.zone, now), _note(question))


def replay(question: Question, series: Series, first: datetime, last: datetime) -> Iterator[Raised]:
    """Each hour that ends after `first`, up to `last`."""
    opened: tuple[datetime, str] | None = None
    quiet_until = first
    end = first
    while end < last:
        end += HOUR
        verdict = judge_hours(question, series, end)
        if verdict is None:
            continue
        if verdict.is_over and opened is None and end >= quiet_until:
            opened = (end, measured_detail(question.kind, question.rule, verdict))
            quiet_until = end + question.cooldown
        elif opened is not None and not verdict.is_over:
            yield Raised(opened[0], end, opened[1])
            opened = None
    if opened is not None:
        yield Raised(opened[0], None, opened[1])


def judge_hours(question: Question, series: Series, end: datetime) -> Verdict | None:
    """The hours up to `end`, as the round judges them once they are over."""
    kind, rule = question.kind, question.rule
    minutes = max(rule.window_minutes or 60, 60)
    window = Window(end - timedelta(minutes=minutes), end)
    if kind.judge is None or (kind.direction == "falling" and question.since > window.start):
        return None
    if kind.key == "silence" and not series.is_known_before(window.start):
        return None
    weeks: tuple[int, ...] = ()
    if kind.compares:
        before = weeks_before(window, question.zone)
        known = count_weeks_known(before, question.since)
        if known < LEAST_WEEKS:
            return None
        weeks = tuple(series.count(week) for week in before[:known])
    return kind.judge(Reading(series.count(window), weeks), rule.threshold or 0)


def load_hours(workspace_id: int, code_id: int | None, since: datetime) -> dict[datetime, int]:
    query = select(ScanHour.hour_at, ScanHour.people).where(
        ScanHour.workspace_id == workspace_id,
        ScanHour.code_id == (code_id or WHOLE_WORKSPACE),
        ScanHour.hour_at >= since,
    )
    return {row.hour_at: row.people for row in db.session.execute(query)}


def preview_heard(kind: Kind, workspace: Workspace, code_id: int | None, now: datetime) -> Preview:
    """Of a kind that waits for an event: those of its name, as the audit log has them."""
    first = now - timedelta(days=DAYS)
    query = select(AuditEntry).where(
        AuditEntry.workspace_id == workspace.id,
        AuditEntry.action == kind.raised_by,
        AuditEntry.at >= first,
    )
    if code_id:
        query = query.where(
            AuditEntry.subject_kind == "code", AuditEntry.subject_id == str(code_id)
        )
    entries = db.session.scalars(query.order_by(AuditEntry.id))
    raised = [Raised(entry.at, entry.at, entry.subject_name) for entry in entries]
    by_hour = load_hours(workspace.id, code_id, first)
    return Preview(raised, _days(by_hour, raised, workspace.time_zone, now))


def _note(question: Question) -> str:
    if (question.rule.window_minutes or 60) < MOST_MINUTES:
        return "Of the past only whole hours are known, so this counts hours with more than that."
    return ""


def _days(
    by_hour: Mapping[datetime, int], raised: list[Raised], zone: str, now: datetime
) -> list[PreviewDay]:
    today = local_date(now, zone)
    people: dict[date, int] = {}
    for at, count in by_hour.items():
        day = local_date(at, zone)
        people[day] = people.get(day, 0) + count
    marks = [local_date(one.at - timedelta(seconds=1), zone) for one in raised]
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [PreviewDay(day, people.get(day, 0), marks.count(day)) for day in days]
