from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current time, aware, in UTC. Tests replace `pitchbar.core.clock.now`."""
    return datetime.now(UTC)


def local_date(at: datetime, time_zone: str) -> date:
    """The calendar day on which `at` falls in the named zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def start_of_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
