"""What is said of an alert to those who are not on its page."""

from zoneinfo import ZoneInfo

from pitchbar.alerts.models import Alert
from pitchbar.alerts.sentences import lasted
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def headline(alert: Alert, *, is_over: bool) -> str:
    return f"Over: {alert.title}" if is_over else alert.title


def notice_text(alert: Alert, *, is_over: bool) -> str:
    if is_over and alert.recovered_at:
        return f"It is over, after {lasted(alert.recovered_at - alert.raised_at)}."
    return alert.detail or "Look at it on its page."


def alert_link(workspace: Workspace, alert: Alert) -> str:
    """Made without a request: jobs raise alerts."""
    page = f"{current_settings().app_url}/w/{workspace.slug}/alerts"
    return f"{page}/{alert.rule_id}" if alert.rule_id else page


def raised_words(alert: Alert, zone: str) -> str:
    return alert.raised_at.astimezone(ZoneInfo(zone)).strftime("%A, %-d %B, %H:%M (%Z)")
