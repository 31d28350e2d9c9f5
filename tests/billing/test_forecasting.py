"""Forecasts: compared with a recount day by day that takes no short cut."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchbar.billing.usage.forecasting import Forecast, forecast, month_end
from pitchbar.billing.usage.sentences import forecast_sentence
from pitchbar.workspaces.plans import CONVERSATIONS, SCANS

BEGINS = date(2020, 1, 1)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
weeks = st.lists(st.integers(3, 400), min_size=7, max_size=7)


def month_like(today: date, week: list[int], back: int = 70) -> dict[date, int]:
    """Each weekday as the week says; nothing yet of today."""
    all_days = (today - timedelta(days=one) for one in range(1, back))
    return {day: week[day.weekday()] for day in all_days}


def recount(today: date, week: list[int]) -> list[tuple[date, int]]:
    """What each day of the month will have come to, when all weeks are alike."""
    day, total, found = today.replace(day=1), 0, []
    while day.month == today.month:
        total += week[day.weekday()]
        if day >= today:
            found.append((day, total))
        day += timedelta(days=1)
    return found


def look(
    counts: Mapping[date, int], today: date, most: int | None = None, **more: object
) -> Forecast | None:
    values = {"day_left": 1.0, "begins": BEGINS, **more}
    return forecast(counts, today=today, most=most, **values)  # type: ignore[arg-type]


@given(today=days, week=weeks, share=st.floats(0.05, 1.5))
def test_weeks_that_are_alike_come_to_what_a_recount_says(
    today: date, week: list[int], share: float
) -> None:
    expected = recount(today, week)
    total = expected[-1][1]
    most = max(1, round(total * share))
    found = look(month_like(today, week), today, most)
    assert found is not None
    assert found.low <= total <= found.high
    reached = next((day for day, so_far in expected if so_far >= most), None)
    if reached is not None:
        assert found.hit_first is not None
        assert found.hit_first <= reached
        assert found.hit_last is None or found.hit_last >= reached or reached == today
    if found.hit_last is not None:
        assert found.hit_first is not None
        assert found.hit_first <= found.hit_last <= month_end(today)
    if found.hit_first is None:
        assert found.high < most


@given(today=days, counts=st.lists(st.integers(0, 300), min_size=70, max_size=70))
def test_range_never_falls_below_what_is_used_and_is_in_order(
    today: date, counts: list[int]
) -> None:
    by_day = {today - timedelta(days=back): count for back, count in enumerate(counts)}
    used = sum(count for day, count in by_day.items() if day >= today.replace(day=1))
    found = look(by_day, today, 1_000, day_left=0.25)
    if found is None:
        assert sum(counts[1:29]) < 20
        return
    assert used <= found.low <= found.high
    wider = look(by_day, today, 1_000, day_left=1.0)
    assert wider is not None
    assert wider.high >= found.high


def test_restless_days_make_the_range_wider() -> None:
    today = date(2026, 11, 10)
    calm = {today - timedelta(days=back): 100 for back in range(1, 60)}
    restless = {day: 20 if number % 2 else 180 for number, day in enumerate(calm)}
    narrow, wide = look(calm, today), look(restless, today)
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("back", "count", "is_there"), [(6, 50, False), (7, 50, True), (28, 0, False), (7, 2, False)]
)
def test_with_too_little_nothing_is_foretold(back: int, count: int, is_there: bool) -> None:
    today = date(2026, 11, 20)
    counts = {today - timedelta(days=one): count for one in range(1, back + 1)}
    found = look(counts, today, begins=today - timedelta(days=back))
    assert (found is not None) == is_there


def test_days_after_the_limit_of_their_month_say_nothing() -> None:
    today, most = date(2026, 12, 3), 1_500
    # 100 a day, until nothing more was recorded in November.
    november = {date(2026, 11, day): 100 for day in range(1, 16)}
    counts = november | {date(2026, 12, day): 100 for day in (1, 2)}
    cut = look(counts, today, most, is_cut_off=True)
    assert cut is not None
    assert cut.low <= 3_100 <= cut.high
    naive = look(counts, today, most)
    assert naive is not None
    assert naive.high < 3_100


def test_what_is_foretold_is_said_in_words() -> None:
    last = date(2026, 11, 30)

    def said(found: Forecast | None, most: int | None = 25_000, used: int = 100) -> str:
        return forecast_sentence(SCANS, used, most, found, last)

    assert said(None).startswith("A forecast comes")
    assert said(Forecast(18_230, 20_870)) == (
        "About 18,000 to 21,000 by 30 November: the plan has room for that."
    )
    near = Forecast(22_000, 26_000, date(2026, 11, 27))
    assert said(near).endswith("The limit may be reached from 27 November on.")
    sure = Forecast(26_000, 31_000, date(2026, 11, 24), date(2026, 11, 27))
    assert said(sure) == "The limit will be reached between 24 November and 27 November."
    one = Forecast(26_000, 31_000, date(2026, 11, 24), date(2026, 11, 24))
    assert said(one) == "The limit will be reached about 24 November."
    assert said(sure, used=25_000) == ""
    assert forecast_sentence(CONVERSATIONS, 3, None, Forecast(40, 61), last) == (
        "About 40 to 61 by 30 November."
    )
