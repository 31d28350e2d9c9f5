"""The demo's codes, as a small restaurant would print them."""

from pitchbar.accounts.models import Person
from pitchbar.codes.services import archive_code, create_code
from pitchbar.events.actors import Actor
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


def make_demo(workspace: Workspace, owner: Person) -> None:
    by = Actor("person", owner.id, owner.name)
    for name, short_code, path, campaign in _CODES:
        fields = {
            "name": name,
            "destination_url": _SITE + path,
            "utm_source": "print",
            "utm_medium": "qr",
            "utm_campaign": campaign,
        }
        code = create_code(workspace, by, current_settings(), short_code=short_code, **fields)
        if short_code == _ARCHIVED:
            archive_code(code, by)
