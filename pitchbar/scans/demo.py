"""The demo's scans: two months of them, with the ups and downs of a small restaurant."""

import math
import random
from datetime import datetime, timedelta

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.core.utm import Utm
from pitchbar.extensions import db
from pitchbar.rules.compiling import compile_rules
from pitchbar.rules.splitting import split_key
from pitchbar.rules.visits import RequestVisit
from pitchbar.scans.accepted import NO_WAY, Way, new_scan_id, write_line
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.visitors import EphemeralSalts
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# Two spans of 30 days, so that a change against the one before can be shown.
DAYS = 60

# By short code: scans a day, and their trend over the time. Others led nowhere, and have none.
_TRAFFIC = {
    "menu": (92, 0.5),
    "window": (41, 0.1),
    "loyal": (27, 0.8),
    "bag": (33, -0.3),
    "wine": (18, 0.0),
    "fest24": (12, -0.9),
    "jobs": (4, 0.2),
    "winter": (2, -0.8),
    "station": (38, 0.6),
    "wifi": (9, 0.3),
}

_PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/136.0.7103.91 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
)
_OTHERS = (
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
)
_ROBOTS = (
    "WhatsApp/2.24.20.89 A",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
# One network in each country, so that the bundled table knows where it is.
_NETWORKS = (
    ("81.2.69", "en-GB"),
    ("86.30.12", "en-GB"),
    ("90.255.1", "en-GB"),
    ("78.32.7", "en-GB"),
    ("91.64.3", "de-DE"),
    ("90.84.9", "fr-FR"),
    ("8.34.21", "en-US"),
    ("83.45.8", "es-ES"),
    ("79.52.3", "it-IT"),
    ("84.24.6", "nl-NL"),
    ("151.101.2", "en-US"),
    ("101.98.4", "en-NZ"),
)
# Scans by hour of the day in a restaurant: lunch and dinner.
_HOURS = (1, 0, 0, 0, 0, 0, 1, 3, 6, 8, 10, 22, 40, 34, 16, 9, 10, 18, 36, 46, 38, 24, 12, 5)


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Ingests them as if they had come from the edge. Commits."""
    query = select(Code).where(Code.workspace_id == workspace.id).order_by(Code.id)
    codes = list(db.session.scalars(query))
    db.session.commit()
    ingestion = make_ingestion(current_settings(), db.engine, Bus(), EphemeralSalts())
    ingestion.ingest_scans(b"".join(_scan_lines(workspace, codes)))


def _scan_lines(workspace: Workspace, codes: list[Code]) -> list[bytes]:
    """Plausible, and the same shape every time: fixed seed, real clock."""
    rng = random.Random(20)
    now = clock.now()
    lines = []
    for code in (code for code in codes if code.short_code in _TRAFFIC):
        per_day, trend = _TRAFFIC[code.short_code]
        for back in range(DAYS):
            day = now - timedelta(days=back)
            progress = 1 - back / DAYS
            weekend = 1.5 if day.weekday() >= 4 else 1.0
            expected = per_day * weekend * (1 + trend * (progress - 0.5))
            for _ in range(max(0, round(rng.gauss(expected, math.sqrt(expected) * 1.3)))):
                at = _moment(rng, day)
                if at < now:
                    lines.append(_line(rng, workspace, code, at))
    return lines


def _moment(rng: random.Random, day: datetime) -> datetime:
    hour = rng.choices(range(24), _HOURS)[0]
    return day.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60))


def _line(rng: random.Random, workspace: Workspace, code: Code, at: datetime) -> bytes:
    robot = rng.random() < 0.06
    agent = rng.choice(_ROBOTS if robot else _PHONES if rng.random() < 0.86 else _OTHERS)
    network, language = rng.choices(_NETWORKS, (30, 22, 16, 10, 5, 4, 4, 3, 3, 3, 2, 1))[0]
    milliseconds = int(at.timestamp() * 1000)
    scan_id = new_scan_id(milliseconds, rng.getrandbits(62))
    address = f"{network}.{rng.randrange(1, 255)}"
    utm, way = _lead(workspace, code, RequestVisit(milliseconds, address, agent, language))
    return write_line(
        scan_id,
        milliseconds,
        code.id,
        workspace.id,
        workspace.time_zone,
        utm,
        "GET",
        address,
        agent,
        language,
        referrer="",
        purpose="",
        way=way,
    )


def _lead(workspace: Workspace, code: Code, visit: RequestVisit) -> tuple[Utm, Way]:
    """As the rules of the code would have led this visitor."""
    if not code.routing:
        return code.utm, NO_WAY
    rules = compile_rules(code.routing, workspace.time_zone, code.utm)
    choice = rules.choose(visit, split_key(current_settings().app_key))
    if choice is None:
        return code.utm, NO_WAY
    return choice.target.utm, Way(choice.rule_id, choice.variant)
