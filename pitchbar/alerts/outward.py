"""What webhooks hear of alerts."""

from pitchbar.alerts.quota import QUOTA_REACHED
from pitchbar.events.outward import declare

_ALERT = {
    "id": 42,
    "kind": "scans_over",
    "title": "Poster at the station: more than 100 scans in an hour",
    "detail": "132 scans in an hour.",
    "code_id": 7,
    "rule_id": 3,
    "raised_at": "2026-11-02T09:41:00+00:00",
    "recovered_at": None,
    "value": 132,
    "expected": 100,
    "threshold": 100,
    "window_minutes": 60,
}
_QUOTA = {"level": 90, "used": 22_510, "limit": 25_000, "month": "2026-11", "limit_name": "scans"}


def declare_outward() -> None:
    declare("alert.raised", "An alert is raised", example=_ALERT)
    declare(QUOTA_REACHED, "75, 90 or 100 % of a limit of the plan is used", example=_QUOTA)
