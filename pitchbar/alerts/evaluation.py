"""The round of a minute: all rules that measure something, judged.

What rises is judged in the hour that goes on, so that it is told in time; what falls only once its
hours are over and stored. An hour that is over is judged by the first round two minutes after it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from pitchbar.alerts.judging import Reading, Verdict
from pitchbar.alerts.kinds import Kind, list_kinds
from pitchbar.alerts.measuring import (
    Watched,
    last_lively_hours,
    list_watched,
    sum_hours,
    sum_minutes,
)
from pitchbar.alerts.raising import raise_measured, recover_measured
from pitchbar.alerts.rounds import is_hour_due, mark_hour
from pitchbar.alerts.windows import (
    HOUR,
    LEAST_WEEKS,
    Window,
    count_weeks_known,
    last_hours,
    running_hours,
    weeks_before,
)
from pitchbar.core.clock import start_of_hour
from pitchbar.extensions import db

# Watched by the minute (`alerts/minutes.py`); longer ones by the hour.
MOST_MINUTES = 60
_COMMIT_EVERY = 50
Judged = tuple[Watched, Verdict]
Key = TypeVar("Key", bound=Hashable)


@dataclass
class Outcome:
    """Of one round, for who runs it."""

    rules: int = 0
    raised: list[int] = field(default_factory=list)
    recovered: list[int] = field(default_factory=list)


def evaluate_rules(now: datetime, *, is_stored: bool = True, cooldown: timedelta) -> Outcome:
    """Judges all rules; an entry point, which commits.

    Args:
        is_stored: whether what was scanned is stored; while scans wait somewhere, silence says
            nothing, and what falls is judged later.
    """
    kinds = [kind.key for kind in list_kinds() if kind.judge]
    by_kind: dict[str, list[Watched]] = defaultdict(list)
    for rule in list_watched(kinds, now):
        by_kind[rule.kind].append(rule)
    outcome = Outcome(sum(map(len, by_kind.values())))
    is_hour = is_stored and is_hour_due(now)
    db.session.rollback()
    for kind in list_kinds():
        if kind.judge and (rules := by_kind.get(kind.key)):
            _apply(kind, _judge(kind, rules, now, is_hour=is_hour), outcome, now, cooldown)
    if is_hour:
        mark_hour(now)
        db.session.commit()
    return outcome


def _apply(
    kind: Kind, judged: Iterable[Judged], outcome: Outcome, now: datetime, cooldown: timedelta
) -> None:
    changed = 0
    for rule, verdict in list(judged):
        if verdict.is_over and not rule.is_open and not rule.is_snoozed:
            done = raise_measured(rule.id, kind, verdict, now, cooldown)
            outcome.raised += [rule.id] if done else []
        elif rule.is_open and not verdict.is_over:
            done = recover_measured(rule.id, verdict, now)
            outcome.recovered += [rule.id] if done else []
        else:
            continue
        changed += 1
        if changed % _COMMIT_EVERY == 0:
            db.session.commit()
    db.session.commit()


def _judge(kind: Kind, rules: list[Watched], now: datetime, *, is_hour: bool) -> Iterator[Judged]:
    if kind.key == "silence":
        yield from _judge_silence(kind, rules, now, is_hour=is_hour)
        return
    for minutes, group in _grouped(rules, lambda rule: rule.window_minutes).items():
        if kind.key == "scans_over" and minutes <= MOST_MINUTES:
            yield from _with_verdicts(kind, group, sum_minutes([kind.key], minutes, now))
            continue
        if is_hour:
            yield from _judge_hours(kind, group, last_hours(now, minutes))
        if kind.direction == "rising":
            # What had nobody in this hour did not rise, and what recovers does so with an hour.
            window = running_hours(now, minutes)
            found = _judge_hours(kind, group, window, lively_at=now)
            yield from (pair for pair in found if pair[1].is_over)


def _judge_silence(
    kind: Kind, rules: list[Watched], now: datetime, *, is_hour: bool
) -> Iterator[Judged]:
    """The last scan was in the last lively hour: after its end there was silence for certain."""
    if not is_hour and not any(rule.is_open for rule in rules):
        return
    last = last_lively_hours([kind.key], now)
    for rule in rules:
        if rule.id not in last or (rule.ends_at and rule.ends_at < now):
            continue
        window = timedelta(minutes=rule.window_minutes)
        is_silent = last[rule.id] + HOUR <= start_of_hour(now) - window
        if is_hour or not is_silent:
            verdict = kind.judge and kind.judge(Reading(0 if is_silent else 1), 0)
            if verdict:
                yield rule, verdict


def _judge_hours(
    kind: Kind, rules: list[Watched], window: Window, *, lively_at: datetime | None = None
) -> Iterator[Judged]:
    if kind.direction == "falling":
        rules = [rule for rule in rules if _is_whole(rule, window)]
    minutes = (window.end - window.start) // timedelta(minutes=1)
    counts = sum_hours([kind.key], minutes, window, lively_at=lively_at)
    if lively_at is not None:
        rules = [rule for rule in rules if rule.id in counts]
    if not kind.compares:
        yield from _with_verdicts(kind, rules, counts)
        return
    for weeks, group in _grouped(rules, lambda rule: weeks_before(window, rule.zone)).items():
        zones = {rule.zone for rule in group}
        before = [
            sum_hours([kind.key], minutes, week, zones=zones, lively_at=lively_at) for week in weeks
        ]
        yield from _with_verdicts(kind, group, counts, weeks, before)


def _is_whole(rule: Watched, window: Window) -> bool:
    """Whether what it watches was there, and in use, in all of the window."""
    return rule.since <= window.start and (rule.ends_at is None or rule.ends_at >= window.end)


def _with_verdicts(
    kind: Kind,
    rules: Iterable[Watched],
    counts: dict[int, int],
    weeks: tuple[Window, ...] = (),
    before: Iterable[dict[int, int]] = (),
) -> Iterator[Judged]:
    earlier = list(before)
    for rule in rules:
        known = count_weeks_known(weeks, rule.since)
        if weeks and known < LEAST_WEEKS:
            continue
        reading = Reading(
            counts.get(rule.id, 0), tuple(week.get(rule.id, 0) for week in earlier[:known])
        )
        verdict = kind.judge and kind.judge(reading, rule.threshold)
        if verdict:
            yield rule, verdict


def _grouped(rules: Iterable[Watched], key: Callable[[Watched], Key]) -> dict[Key, list[Watched]]:
    groups: dict[Key, list[Watched]] = defaultdict(list)
    for rule in rules:
        groups[key(rule)].append(rule)
    return groups
