"""The demo's codes, as a small restaurant would print them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person
from pitchbar.codes.labels.queries import list_labels
from pitchbar.codes.models import Code, CodeDestination
from pitchbar.codes.services import archive_code, create_code, move_code, update_code
from pitchbar.core import clock
from pitchbar.domains.demo import HOST as DOMAIN
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

_SITE = "https://harbour-kitchen.example"
# name, short code, path of the destination, campaign
_CODES = (
    ("Spring menu, table cards", "menu", "/menu", "spring-menu"),
    ("Window poster, Mill Street", "window", "/book", "storefront"),
    ("Loyalty card", "loyal", "/loyalty#join", "loyalty"),
    ("Takeaway bag sticker", "bag", "/order?ref=bag", "takeaway"),
    ("Wine list", "wine", "/wine", "wine"),
    ("Food festival flyer", "fest24", "/festival", "festival"),
    ("Careers, staff noticeboard", "jobs", "/jobs", "hiring"),
    ("Last winter's menu", "winter", "/winter", "winter-menu"),
)
_ARCHIVED = "winter"
# On the demo's own domain.
_ON_DOMAIN = "loyal"
# Those that have a life: what stands in it beside name, destination and tags.
_LABELS = {
    "menu": ["Print", "Tables"],
    "window": ["Print", "Window"],
    "loyal": ["Tables", "Loyalty"],
    "bag": ["Takeaway"],
    "wine": ["Print", "Tables"],
    "fest24": ["Print", "Outdoors"],
}
_COLOURS = {"Print": "blue", "Tables": "green", "Window": "amber", "Loyalty": "pink"}
_CAMPAIGNS = {"menu": "Spring", "wine": "Spring", "fest24": "Street food", "window": "Spring"}
_TRACED = ("bag", "loyal")
# name, short code, path, campaign, and what else; times in days from now.
_LIVES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("Terrace opening", "terrace", "/terrace", "Summer", {"starts": 21, "labels": ["Outdoors"]}),
    (
        "Advent breakfast",
        "advent",
        "/advent",
        "Winter",
        {"starts": -50, "ends": -12, "fallback_url": f"{_SITE}/menu", "labels": ["Print"]},
    ),
    (
        "Wi-Fi for guests",
        "wifi",
        "/wifi",
        "",
        {"scan_limit": 5000, "password": "flat white", "labels": ["Tables"]},
    ),
)
# Older than the demo's first scan.
_AGE = timedelta(days=61)
# A code that led elsewhere before.
_MOVED, _MOVED_FROM, _MOVED_AGO = "menu", "/menu-of-autumn", timedelta(days=11, hours=5)


def make_demo(workspace: Workspace, owner: Person) -> None:
    by = Actor("person", owner.id, owner.name)
    for name, short_code, path, campaign in _CODES:
        fields: dict[str, Any] = {
            "name": name,
            "destination_url": _SITE + path,
            "utm_source": "print",
            "utm_medium": "qr",
            "utm_campaign": campaign,
            "campaign": _CAMPAIGNS.get(short_code, ""),
            "labels": _LABELS.get(short_code, []),
            "attribution": short_code in _TRACED,
        }
        code = create_code(workspace, by, current_settings(), short_code=short_code, **fields)
        code.created_at = clock.now() - _AGE
        db.session.flush()
        _let_it_have_a_past(code, by)
    for name, short_code, path, campaign, life in _LIVES:
        more = {"name": name, "destination_url": _SITE + path, "campaign": campaign, **life}
        for which in ("starts", "ends"):
            if which in more:
                more[f"{which}_at"] = _in_days(more.pop(which))
        code = create_code(workspace, by, current_settings(), short_code=short_code, **more)
        code.created_at = clock.now() - _AGE
    for label in list_labels(workspace):
        label.colour = _COLOURS.get(label.name, label.colour)


def _let_it_have_a_past(code: Code, by: Actor) -> None:
    if code.short_code == _ON_DOMAIN:
        move_code(code, by, domain=DOMAIN)
    if code.short_code == _ARCHIVED:
        archive_code(code, by)
    if code.short_code == _MOVED:
        _let_it_have_led_elsewhere(code, by)


def _in_days(days: int) -> datetime:
    """At nine in the morning, as UTC has it."""
    there = clock.now() + timedelta(days=days)
    return there.replace(hour=9, minute=0, second=0, microsecond=0)


def _let_it_have_led_elsewhere(code: Code, by: Actor) -> None:
    """As if somebody had changed the destination some days ago."""
    here = code.destination_url
    update_code(code, by, current_settings(), destination_url=_SITE + _MOVED_FROM)
    update_code(code, by, current_settings(), destination_url=here)
    first, *_, last = db.session.scalars(
        select(CodeDestination)
        .where(CodeDestination.code_id == code.id)
        .order_by(CodeDestination.id)
    ).all()
    first.destination_url = _SITE + _MOVED_FROM
    first.since_at, first.until_at = code.created_at, clock.now() - _MOVED_AGO
    last.since_at = first.until_at
    db.session.execute(
        delete(CodeDestination).where(
            CodeDestination.code_id == code.id,
            CodeDestination.id.between(first.id + 1, last.id - 1),
        )
    )
