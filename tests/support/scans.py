"""Scans for tests of what is shown, stored by the real ingestion."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import getrandbits

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.utm import Utm
from pitchbar.extensions import bus, db
from pitchbar.scans.accepted import new_scan_id, write_line
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.visitors import EphemeralSalts
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
ROBOT = "WhatsApp/2.24.20.89 A"

_addresses = count(1)


@dataclass(frozen=True)
class Visit:
    """One scan; a visit without an address is somebody new."""

    code: Code
    at: datetime | None = None
    address: str = ""
    user_agent: str = PHONE
    method: str = "GET"
    referrer: str = ""


def store(*visits: Visit) -> None:
    """Stores the visits in one go, as the ingestion would, and tells the open pages."""
    settings = current_settings()
    ingestion = make_ingestion(settings, db.engine, bus, EphemeralSalts())
    lines = [_line(visit) for visit in visits]
    db.session.commit()
    assert ingestion.ingest_scans(b"".join(lines)) == len(visits)


def visits(code: Code, number: int, at: datetime | None = None) -> list[Visit]:
    """That many people, a second apart."""
    start = at or clock.now() - timedelta(seconds=number)
    return [Visit(code, start + timedelta(seconds=each)) for each in range(number)]


def make_scans(code: Code, count: int, *, at: datetime | None = None) -> None:
    """Scans of as many people, a minute apart, the latest at `at` (now)."""
    last = at or clock.now()
    store(*(Visit(code, last - timedelta(minutes=back)) for back in range(count)))


def _line(visit: Visit) -> bytes:
    workspace = db.session.get_one(Workspace, visit.code.workspace_id)
    milliseconds = int((visit.at or clock.now()).timestamp() * 1000)
    number = next(_addresses)
    address = visit.address or f"81.2.{number // 250 % 250}.{number % 250 + 1}"
    return write_line(
        new_scan_id(milliseconds, getrandbits(74)),
        milliseconds,
        visit.code.id,
        workspace.id,
        workspace.time_zone,
        Utm(),
        visit.method,
        address,
        visit.user_agent,
        "en-GB",
        visit.referrer,
        "",
    )
