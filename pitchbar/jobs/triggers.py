"""When a periodic task is due: predicates on a UTC minute."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from huey import crontab


@dataclass(frozen=True)
class Rule:
    """Is called with a minute in UTC; `words` say the same to a person."""

    words: str
    matches: Callable[[datetime], bool]

    def __call__(self, minute: datetime) -> bool:
        return self.matches(minute)


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def every_minutes(count: int) -> Rule:
    """At minutes divisible by `count`, which must divide an hour."""
    if count < 1 or 60 % count:
        raise ValueError("an hour must be a whole number of these periods")
    words = "every minute" if count == 1 else f"every {count} minutes"
    return replace(cron(f"*/{count} * * * *"), words=words)


def hourly_at(minute: int) -> Rule:
    return replace(cron(f"{minute} * * * *"), words=f"{minute} min past each hour")


def daily_at(time: str) -> Rule:
    """Args: time is HH:MM in UTC."""
    hour, minute = time.split(":")
    return replace(cron(f"{int(minute)} {int(hour)} * * *"), words=f"daily at {time} UTC")


def weekly_on(day: str, time: str) -> Rule:
    """Args: day is mon, tue, …; time is HH:MM in UTC."""
    hour, minute = time.split(":")
    expression = f"{int(minute)} {int(hour)} * * {_DAYS.index(day)}"
    return replace(cron(expression), words=f"{day.capitalize()} at {time} UTC")


def cron(expression: str) -> Rule:
    """Five fields, "minute hour day month weekday" (0 is Sunday), as Huey's crontab reads them."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"{expression!r} does not have five fields")
    minute, hour, day, month, weekday = fields
    matches: Callable[[datetime], bool] = crontab(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, strict=True
    )
    return Rule(expression, matches)
