"""When a periodic task is due: predicates on a UTC minute."""

from collections.abc import Callable
from datetime import datetime

from huey import crontab

Rule = Callable[[datetime], bool]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def every_minutes(count: int) -> Rule:
    """At minutes divisible by `count`, which must divide an hour."""
    if count < 1 or 60 % count:
        raise ValueError("an hour must be a whole number of these periods")
    return cron(f"*/{count} * * * *")


def hourly_at(minute: int) -> Rule:
    return cron(f"{minute} * * * *")


def daily_at(time: str) -> Rule:
    """Args: time is HH:MM in UTC."""
    hour, minute = time.split(":")
    return cron(f"{int(minute)} {int(hour)} * * *")


def weekly_on(day: str, time: str) -> Rule:
    """Args: day is mon, tue, …; time is HH:MM in UTC."""
    hour, minute = time.split(":")
    return cron(f"{int(minute)} {int(hour)} * * {_DAYS.index(day)}")


def cron(expression: str) -> Rule:
    """Five fields, "minute hour day month weekday" (0 is Sunday), as Huey's crontab reads them."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"{expression!r} does not have five fields")
    minute, hour, day, month, weekday = fields
    matches: Rule = crontab(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, strict=True
    )
    return matches
