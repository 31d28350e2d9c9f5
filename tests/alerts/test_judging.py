"""What is judged, with numbers alone; and that the preview says what the rounds would have done."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.alerts.judging import Reading, judge_drop, judge_spike
from pitchbar.alerts.kinds import find_kind
from pitchbar.alerts.preview import Question, preview_measured
from pitchbar.alerts.sentences import window_words
from pitchbar.alerts.windows import Window, last_hours, running_hours, weeks_before
from pitchbar.core.clock import start_of_hour
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from tests.alerts.factories import (
    COOLDOWN,
    HOUR,
    NOW,
    evaluate,
    long_ago,
    make_rule,
    set_hours,
    the_alerts,
)
from tests.support.factories import People

TOP = start_of_hour(NOW)


def binomial_tail(count: int, trials: int, share: float) -> float:
    """Added up term by term."""
    return sum(
        math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
        for k in range(count, trials + 1)
    )


@pytest.mark.parametrize("weeks", [(20, 25, 18, 22), (3, 4), (0, 0, 0, 0), (50, 48, 53, 51)])
def test_chance_is_what_the_binomial_says(weeks: tuple[int, ...]) -> None:
    for count in range(0, 60):
        more = judge_spike(Reading(count, weeks), 20)
        assert more
        tail = binomial_tail(count, count + sum(weeks), 1 / (1 + len(weeks)))
        enough = count >= sum(weeks) / len(weeks) * 1.2 and count > max(weeks)
        assert more.is_over is (enough and tail < 1e-5), (count, tail)
        fewer = judge_drop(Reading(count, weeks), 20)
        assert fewer
        trials = count + sum(weeks)
        tail = binomial_tail(trials - count, trials, len(weeks) / (1 + len(weeks)))
        enough = count <= sum(weeks) / len(weeks) * 0.8 and count < min(weeks)
        assert fewer.is_over is (enough and tail < 1e-5), (count, tail)


def test_large_numbers_are_judged_at_once() -> None:
    huge = judge_spike(Reading(3_000_000, (1_000_000,) * 4), 100)
    assert huge
    assert huge.is_over
    none = judge_drop(Reading(0, (2_000_000_000,) * 4), 60)
    assert none
    assert none.is_over


@pytest.mark.parametrize("weeks", [(), (5,)])
def test_with_less_than_two_weeks_nobody_knows(weeks: tuple[int, ...]) -> None:
    assert judge_spike(Reading(99, weeks), 100) is None
    assert judge_drop(Reading(0, weeks), 60) is None


@pytest.mark.parametrize(
    ("zone", "now", "nearer"),
    [
        # Clocks went back on 25 October 2026, and forward on 29 March.
        ("Europe/Berlin", datetime(2026, 10, 28, 12, 5, tzinfo=UTC), [-1, -1, -1, -1]),
        ("Europe/Berlin", datetime(2026, 11, 4, 12, 5, tzinfo=UTC), [0, -1, -1, -1]),
        ("Europe/Berlin", datetime(2026, 4, 2, 12, 5, tzinfo=UTC), [1, 1, 1, 1]),
        ("Europe/Berlin", datetime(2026, 7, 15, 12, 5, tzinfo=UTC), [0, 0, 0, 0]),
        ("America/New_York", datetime(2026, 11, 2, 12, 5, tzinfo=UTC), [-1, -1, -1, -1]),
        ("Asia/Kolkata", datetime(2026, 10, 28, 12, 5, tzinfo=UTC), [0, 0, 0, 0]),
    ],
)
def test_the_same_hour_of_a_week_before_is_that_of_the_clocks(
    zone: str, now: datetime, nearer: list[int]
) -> None:
    window = last_hours(now, 180)
    starts = [week.start for week in weeks_before(window, zone)]
    plain = [window.start - timedelta(weeks=week) for week in range(1, 5)]
    assert [(start - old) // HOUR for start, old in zip(starts, plain, strict=True)] == nearer


def test_an_hour_that_was_left_out_is_compared_with_one_beside_it() -> None:
    """02:30 by the clocks of Berlin did not exist on 29 March 2026."""
    window = Window(datetime(2026, 4, 5, 0, tzinfo=UTC), datetime(2026, 4, 5, 1, tzinfo=UTC))
    for week in weeks_before(window, "Europe/Berlin"):
        assert week.end - week.start == HOUR
        assert week.start.minute == 0


def test_hours_of_a_clock_that_moves_by_half_an_hour_stay_whole() -> None:
    window = last_hours(datetime(2026, 10, 8, 12, 5, tzinfo=UTC), 60)
    assert all(week.start.minute == 0 for week in weeks_before(window, "Australia/Lord_Howe"))


def test_windows_end_with_a_full_hour() -> None:
    assert last_hours(NOW, 180) == Window(TOP - 3 * HOUR, TOP)
    assert running_hours(NOW, 180) == Window(TOP - 2 * HOUR, TOP + HOUR)


def test_spans_are_said_as_people_say_them() -> None:
    said = [window_words(minutes) for minutes in (5, 60, 90, 180, 1440, 10080, 43200)]
    expected = "5 minutes,an hour,90 minutes,3 hours,24 hours,7 days,30 days"
    assert ",".join(said) == expected


@pytest.mark.parametrize(
    ("kind", "threshold"), [("scans_under", 25), ("drop", 60), ("silence", None)]
)
def test_the_preview_says_what_the_rounds_would_have_done(
    people: People, kind: str, threshold: int | None
) -> None:
    """Four days, hour by hour, both ways."""
    long_ago(people.workspace)
    chance = random.Random(5)
    hours = {TOP - HOUR * back: chance.randint(10, 30) for back in range(1, 24 * 40)}
    hours |= {TOP - HOUR * back: 0 for back in (*range(70, 76), *range(20, 25))}
    set_hours(people.workspace.id, 0, hours)
    rule = make_rule(people.workspace, kind, threshold=threshold, window_minutes=180, roles=())
    for back in range(96, -1, -1):
        evaluate(NOW - HOUR * back)
    workspace = db.session.get_one(Workspace, people.workspace.id)
    found = find_kind(kind)
    assert found
    question = Question(found, rule, "UTC", workspace.created_at, COOLDOWN)
    told = preview_measured(question, workspace.id, None, NOW)
    expected = [
        (one.at, one.recovered_at) for one in told.raised if one.at >= TOP - timedelta(hours=96)
    ]
    assert len(expected) >= 2
    got = [(start_of_hour(one.raised_at), one.recovered_at) for one in the_alerts()]
    assert [at for at, _ in got] == [at for at, _ in expected]
    for (_, ended), (_, end) in zip(got, expected, strict=True):
        # Silence is over with the first scan; the preview knows of its hour once that is over.
        assert end
        assert ended
        assert timedelta(0) <= end + timedelta(minutes=3) - ended <= HOUR
