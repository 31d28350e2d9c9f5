"""The demo's conversions: what came of some of its scans, in two currencies."""

import random
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.codes.models import Code
from pitchbar.conversions.factories import make_ingestion
from pitchbar.conversions.lines import API, PIXEL, Line, write_line
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# By short code: the share of scans that something comes of, what, in which currency, and about how
# much, in minor units.
_OUTCOMES = {
    "menu": (0.05, "table booked", "GBP", 0),
    "wine": (0.12, "purchase", "EUR", 3600),
    "bag": (0.06, "purchase", "GBP", 1850),
    "station": (0.05, "table booked", "GBP", 0),
}
# Of a split, the second destination does so much better.
_SECOND = 1.8


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Ingests them as if the pixel had told of them, and switches attribution on. Commits."""
    wanted = (Code.workspace_id == workspace.id, Code.short_code.in_(_OUTCOMES))
    codes = list(db.session.scalars(select(Code).where(*wanted).order_by(Code.id)))
    lines = []
    for code in codes:
        code.attribution = True
        lines += _lines(workspace, code)
    db.session.commit()
    make_ingestion(current_settings(), db.engine, Bus()).ingest(b"".join(lines))


def _lines(workspace: Workspace, code: Code) -> list[bytes]:
    """The same scans every time: fixed seed, real clock. A tenth comes a few days late."""
    share, event, currency, about = _OUTCOMES[code.short_code]
    rng, now, lines = random.Random(code.short_code), clock.now(), list[bytes]()
    people = select(Scan).where(Scan.code_id == code.id, Scan.set_apart.is_(None))
    for number, scan in enumerate(db.session.scalars(people.order_by(Scan.scanned_at, Scan.id))):
        late = rng.random() < 0.1
        wait = timedelta(days=rng.uniform(1, 6)) if late else timedelta(minutes=rng.uniform(1, 40))
        value = round(about * rng.uniform(0.5, 2.5)) if about else -1
        wanted = share * _SECOND if scan.variant == 1 else share
        if rng.random() < wanted and scan.scanned_at + wait < now:
            milliseconds = round((scan.scanned_at + wait).timestamp() * 1000)
            identity = UUID(int=rng.getrandbits(128), version=4)
            source = API if number % 4 == 0 else PIXEL
            line = Line(identity.hex, milliseconds, workspace.id, workspace.time_zone, source)
            told = line._replace(
                scan_id=scan.id.hex,
                code_id=code.id,
                rule_id=scan.rule_id or 0,
                variant=-1 if scan.variant is None else scan.variant,
                event=event,
                order_id=f"{code.short_code.upper()}-{1000 + number}" if about else "",
                value_minor=value,
                currency=currency if about else "",
            )
            lines.append(write_line(told))
    return lines
