"""What is said of a limit of the plan that is used up to a level."""

from pitchbar.alerts.ruled import Ruled
from pitchbar.events.services import Event
from pitchbar.workspaces.plans import LIMITS, SCANS, Limit


def tell_level(event: Event, rule: Ruled) -> str | None:
    """A rule at 75 hears of 90, too, where more came at once than it was asked between."""
    used, most = int(event.after.get("used", 0)), int(event.after.get("limit", 0))
    if int(event.after.get("level", 0)) < (rule.threshold or 0):
        return None
    limit = _limit_of(event)
    if limit is SCANS:
        return f"{used:,} of the {most:,} scans that the plan records this month."
    in_time = " this month" if limit.is_monthly else ""
    return f"{used:,} of the {most:,} {limit.many} that the plan has{in_time}."


def title_of_level(event: Event, rule: Ruled) -> str:
    limit = _limit_of(event)
    if limit.is_monthly:
        return f"{rule.threshold} % of this month's {limit.many} are used"
    return f"{rule.threshold} % of the plan's {limit.many} are in use"


def _limit_of(event: Event) -> Limit:
    """Of scans, where an older release tells it."""
    key = event.after.get("limit_name", SCANS.key)
    return next((limit for limit in LIMITS if limit.key == key), SCANS)
