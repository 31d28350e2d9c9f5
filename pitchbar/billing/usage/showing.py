"""What is used of each limit, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pitchbar.billing.usage.forecasting import forecast
from pitchbar.billing.usage.months import Month, PastMonth, first_shown, read_month, sum_months
from pitchbar.billing.usage.sentences import forecast_sentence, over_sentence
from pitchbar.core import clock
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_usage import count_used, list_days, most_of
from pitchbar.workspaces.plans import LIMITS, SCANS, Limit, find_plan

# From here on a bar warns.
_NEAR = 75
# In place of what the limit says, where scans beyond it are paid for.
_PAID_BEYOND = "Further scans are recorded, too, and stand on the next invoice."


@dataclass(frozen=True)
class UsageRow:
    """One limit: `most` is None without one. `month` is None of what is not counted by month.

    Attributes:
        reached_on: the day of this month on which the limit was reached.
        forecast: a sentence; empty where there is none.
    """

    limit: Limit
    used: int
    most: int | None
    month: Month | None = None
    reached_on: date | None = None
    forecast: str = ""
    is_paid_beyond: bool = False

    @property
    def at_limit(self) -> str:
        return _PAID_BEYOND if self.is_paid_beyond else self.limit.at_limit

    @property
    def percent(self) -> int:
        """Of the limit, 0 without one; more than 100 where more is there."""
        return self.used * 100 // self.most if self.most else 100 * bool(self.most == 0)

    @property
    def permille(self) -> int:
        """How far the bar is filled; a little where there is anything."""
        if not self.most:
            return 1000 * bool(self.most == 0)
        return min(1000, max(self.used * 1000 // self.most, 6 * bool(self.used)))

    @property
    def state(self) -> str:
        """`open` has no limit, `calm`, `near` its limit, `full`, `over` it."""
        if self.most is None:
            return "open"
        if self.used > self.most:
            return "over"
        if self.used == self.most:
            return "full"
        return "near" if self.percent >= _NEAR else "calm"

    @property
    def over(self) -> str:
        """What is more than the plan has, and what that means; empty otherwise."""
        if self.most is None or self.used <= self.most:
            return ""
        return over_sentence(self.limit, self.used, self.most)


def usage_rows(workspace: Workspace) -> list[UsageRow]:
    """Of all limits, those by month first."""
    month = read_month(clock.now(), workspace.time_zone)
    return [_row(workspace, limit, month, _days_of(workspace, month, limit)) for limit in LIMITS]


def usage_page(workspace: Workspace) -> dict[str, Any]:
    """What the page of usage is drawn with."""
    month = read_month(clock.now(), workspace.time_zone)
    days = {limit.key: _days_of(workspace, month, limit) for limit in LIMITS}
    return {
        "usage": [_row(workspace, limit, month, days[limit.key]) for limit in LIMITS],
        "months": past_months(workspace, month, days),
        "month": month,
        "plan": find_plan(workspace.plan),
    }


def past_months(
    workspace: Workspace, month: Month, days: Mapping[str, Mapping[date, int]]
) -> list[PastMonth]:
    monthly = {limit.key: days[limit.key] for limit in LIMITS if limit.is_monthly}
    return sum_months(monthly, month, _began(workspace))


def list_past_months(workspace: Workspace) -> list[PastMonth]:
    month = read_month(clock.now(), workspace.time_zone)
    days = {limit.key: _days_of(workspace, month, limit) for limit in LIMITS}
    return past_months(workspace, month, days)


def find_over(workspace: Workspace) -> Sequence[UsageRow]:
    """Limits over which something is there that works otherwise than people expect, for the first
    page. Scans have a notice of their own; nothing is counted that has no limit.
    """
    found = []
    for limit in LIMITS:
        most = most_of(workspace.plan, limit)
        if most is None or (limit.is_monthly and not limit.takes_more):
            continue
        row = UsageRow(limit, count_used(workspace, limit), most)
        if row.state == "over" or (limit.takes_more and row.state == "full"):
            found.append(row)
    return found


def _days_of(workspace: Workspace, month: Month, limit: Limit) -> Mapping[date, int]:
    return list_days(workspace, limit, first_shown(month)) if limit.is_monthly else {}


def _row(workspace: Workspace, limit: Limit, month: Month, days: Mapping[date, int]) -> UsageRow:
    most = most_of(workspace.plan, limit)
    if not limit.is_monthly:
        return UsageRow(limit, count_used(workspace, limit), most)
    used = sum(count for day, count in days.items() if day >= month.first)
    is_paid_beyond = limit is SCANS and workspace.records_overage
    found = forecast(
        days,
        today=month.today,
        day_left=month.day_left,
        # Whole days alone; what was brought along may be older than the workspace.
        begins=min([_began(workspace) + timedelta(days=1), *days]),
        most=most,
        is_cut_off=not (limit.takes_more or is_paid_beyond),
    )
    words = forecast_sentence(limit, used, most, found, month.last)
    reached_on = _reached_on(days, month, most)
    return UsageRow(limit, used, most, month, reached_on, words, is_paid_beyond)


def _reached_on(days: Mapping[date, int], month: Month, most: int | None) -> date | None:
    if most is None:
        return None
    so_far = 0
    for day in sorted(day for day in days if day >= month.first):
        so_far += days[day]
        if so_far >= most:
            return day
    return None


def _began(workspace: Workspace) -> date:
    return clock.local_date(workspace.created_at, workspace.time_zone)
