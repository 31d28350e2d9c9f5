"""A poster of the demo that leads each visitor where it helps: five rules, one of them a test."""

from datetime import timedelta
from typing import Any

from pitchbar.accounts.models import Person
from pitchbar.codes.services import create_code
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.rules.drafts import read_rules
from pitchbar.rules.services import replace_rules
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

_SITE = "https://harbour-kitchen.example"
_CODE = {
    "name": "Poster, main station",
    "short_code": "station",
    "destination_url": f"{_SITE}/",
    "utm_source": "print",
    "utm_medium": "qr",
    "utm_campaign": "station",
}
_RULES: list[dict[str, Any]] = [
    {
        "name": "Order at the table",
        "conditions": [{"kind": "parameter", "name": "table", "present": True}],
        "destination_url": f"{_SITE}/order",
    },
    {
        "name": "Guests from abroad",
        "conditions": [
            {"kind": "language", "not_in": ["en"]},
            {"kind": "country", "not_in": ["GB", "IE"]},
        ],
        "destination_url": f"{_SITE}/welcome",
    },
    {
        "name": "Lunch on working days",
        "conditions": [
            {
                "kind": "time",
                "weekdays": ["mon", "tue", "wed", "thu", "fri"],
                "from": "11:00",
                "to": "14:30",
            }
        ],
        "destination_url": f"{_SITE}/lunch",
    },
    {
        "name": "Menu or booking",
        "conditions": [{"kind": "device", "in": ["phone", "tablet"]}],
        "split": [
            {"destination_url": f"{_SITE}/menu", "weight": 50, "name": "Menu"},
            {"destination_url": f"{_SITE}/book", "weight": 50, "name": "Booking"},
        ],
    },
    {
        "name": "Christmas",
        "enabled": False,
        "conditions": [{"kind": "date", "from": "2026-12-01", "to": "2026-12-26"}],
        "destination_url": f"{_SITE}/christmas",
    },
]
# Older than the demo's first scan.
_AGE = timedelta(days=61)


def make_demo(workspace: Workspace, owner: Person) -> None:
    by, settings = Actor("person", owner.id, owner.name), current_settings()
    code = create_code(workspace, by, settings, **_CODE)
    code.created_at = since = clock.now() - _AGE
    db.session.flush()
    for rule in replace_rules(code, by, settings, read_rules(_RULES, settings)):
        rule.created_at = rule.updated_at = since
