"""A visitor with scans, who was seen on a day and bought something."""

from datetime import date, datetime
from uuid import uuid4

from pitchbar.codes.models import Code
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import Scan, ScanVisitor
from pitchbar.scans.partitions import ensure_partitions

ADA, BEN = "a" * 32, "b" * 32


def make_scan(code: Code, visitor: str = ADA, at: datetime | None = None) -> Scan:
    scan = Scan(
        id=uuid4(),
        scanned_at=at or clock.now(),
        code_id=code.id,
        workspace_id=code.workspace_id,
        visitor=visitor,
        ip="81.2.69.0",
        country="GB",
        city="London",
        device="phone",
        os="iOS",
        browser="Safari",
        language="en-GB",
        referrer_host="news.example",
        utm_source="print",
    )
    db.session.add(scan)
    return scan


def make_visitor(code: Code, visitor: str = ADA, scans: int = 2) -> None:
    ensure_partitions(db.engine, [clock.now()])
    for _ in range(scans):
        scan = make_scan(code, visitor)
    today: date = scan.scanned_at.date()
    db.session.add(
        ScanVisitor(
            workspace_id=code.workspace_id,
            code_id=code.id,
            day=today,
            visitor=visitor,
            last_at=scan.scanned_at,
        )
    )
    db.session.add(
        Conversion(
            id=uuid4(),
            workspace_id=code.workspace_id,
            code_id=code.id,
            scan_id=scan.id,
            scanned_at=scan.scanned_at,
            event="purchase",
            order_id=f"order of {visitor[0]}",
            value_minor=1250,
            currency="EUR",
            occurred_at=scan.scanned_at,
            day=today,
            scan_day=today,
            source="api",
        )
    )
    db.session.commit()
