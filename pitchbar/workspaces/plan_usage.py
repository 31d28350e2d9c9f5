"""Who counts what a plan limits. The rooms that have it stand above the workspaces, so each says
how it is counted when it is registered:

    declare_standing(AGENTS, count_agents_of)
    declare_monthly(SCANS, scans_by_day)
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from pitchbar.core import clock
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import Limit, find_plan

# Of these workspaces, by id; one that is not named has none.
CountStanding = Callable[[Sequence[int]], Mapping[int, int]]
# Of these workspaces, from a day of theirs on: by id and day.
CountByDay = Callable[[Sequence[int], date], Mapping[int, Mapping[date, int]]]

_standing: dict[str, CountStanding] = {}
_monthly: dict[str, CountByDay] = {}
_in_force: dict[str, Callable[[], bool]] = {}


def declare_standing(limit: Limit, count: CountStanding) -> None:
    _standing[limit.key] = count


def declare_monthly(
    limit: Limit, by_day: CountByDay, is_in_force: Callable[[], bool] = lambda: True
) -> None:
    """`is_in_force`: whether this installation keeps to the limit at all."""
    _monthly[limit.key] = by_day
    _in_force[limit.key] = is_in_force


def most_of(plan_key: str, limit: Limit) -> int | None:
    """None where there is no limit, be it that of the plan or of the installation."""
    is_in_force = _in_force.get(limit.key, lambda: True)
    return find_plan(plan_key).most(limit) if is_in_force() else None


def month_of(now: datetime, time_zone: str) -> date:
    """The first of the month by those clocks."""
    return clock.local_date(now, time_zone).replace(day=1)


def count_used(workspace: Workspace, limit: Limit) -> int:
    """Now; of what is monthly, in the workspace's own month."""
    if limit.is_monthly:
        return sum(list_days(workspace, limit, month_of(clock.now(), workspace.time_zone)).values())
    return _standing[limit.key]([workspace.id]).get(workspace.id, 0)


def list_days(workspace: Workspace, limit: Limit, since: date) -> Mapping[date, int]:
    """Of what is monthly, by day of the workspace."""
    return _monthly[limit.key]([workspace.id], since).get(workspace.id, {})


def count_standing(limit: Limit, workspace_ids: Sequence[int]) -> Mapping[int, int]:
    return _standing[limit.key](workspace_ids)


def count_since(limit: Limit, workspace_ids: Sequence[int], since: date) -> Mapping[int, int]:
    """Of what is monthly, the sum of all days from that one on."""
    found = _monthly[limit.key](workspace_ids, since)
    return {workspace_id: sum(days.values()) for workspace_id, days in found.items()}
