"""When a scheduled task is due: predicates on a UTC minute. Features read them as `every.…`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pitchbar.jobs.library import crontab


@dataclass(frozen=True)
class Trigger:
    """Is called with a minute in UTC; `label` says the same to a person."""

    label: str
    matches: Callable[[datetime], bool]

    def __call__(self, minute: datetime) -> bool:
        return self.matches(minute)


def minutes(count: int) -> Trigger:
    """At minutes divisible by `count`, which must divide an hour."""
    if count < 1 or 60 % count:
        raise ValueError("an hour must be a whole number of these periods")
    label = "every minute" if count == 1 else f"every {count} minutes"
    return replace(cron(f"*/{count} * * * *"), label=label)


def hour_at(minute: int) -> Trigger:
    return replace(cron(f"{minute} * * * *"), label=f"{minute} min past each hour")


def day_at(time: str) -> Trigger:
    """Args: time is HH:MM in UTC."""
    hour, minute = time.split(":")
    return replace(cron(f"{int(minute)} {int(hour)} * * *"), label=f"daily at {time} UTC")


def cron(expression: str) -> Trigger:
    """Five fields, "minute hour day month weekday" (0 is Sunday), as Huey's crontab reads them."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"{expression!r} does not have five fields")
    minute, hour, day, month, weekday = fields
    matches: Callable[[datetime], bool] = crontab(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, strict=True
    )
    return Trigger(expression, matches)
