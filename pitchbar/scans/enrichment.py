"""What is made of an accepted scan: device, country, visitor, and whether it was a person."""

from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from pitchbar.clients.geolocation import country_of
from pitchbar.core.addresses import truncate_address
from pitchbar.core.clock import local_date
from pitchbar.core.devices import read_device
from pitchbar.scans.accepted import AcceptedScan
from pitchbar.scans.bulk_sql import run_lookup
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import ScanVisitor
from pitchbar.scans.robots import find_robot_reason
from pitchbar.scans.set_apart import REPEAT
from pitchbar.scans.visitors import Salts, visitor_hash


class Enrichment:
    """Args:
    store_ip: "none", "truncated" or "full".
    repeat_seconds: a visitor's next scan of the same code within this time is a repeat.
    """

    def __init__(self, *, store_ip: str, repeat_seconds: float) -> None:
        self._store_ip = store_ip
        self._repeat_seconds = repeat_seconds

    def enrich(
        self, connection: Connection, scans: list[AcceptedScan], salts: Salts
    ) -> list[EnrichedScan]:
        """Scans in the order of their times; repeats are found across batches too."""
        days = [local_date(scan.at, scan.time_zone) for scan in scans]
        of_day = _salts_of(connection, scans, days, salts)
        enriched = [
            self._enrich_one(scan, day, of_day[scan.workspace_id, day])
            for scan, day in zip(scans, days, strict=True)
        ]
        self._mark_repeats(connection, enriched)
        return enriched

    def _enrich_one(self, scan: AcceptedScan, day: date, salt: bytes | None) -> EnrichedScan:
        device = read_device(scan.user_agent)
        visitor = (
            visitor_hash(salt, scan.workspace_id, scan.address, scan.user_agent) if salt else None
        )
        reason = find_robot_reason(scan)
        row = {
            "id": scan.id,
            "scanned_at": scan.at,
            "code_id": scan.code_id,
            "workspace_id": scan.workspace_id,
            "ip": self._kept_address(scan.address),
            "visitor": visitor,
            "country": country_of(scan.address),
            "device": device.kind,
            "os": device.os,
            "browser": device.browser,
            "language": _first_language(scan.language),
            "referrer_host": _host_of(scan.referrer),
            "robot_reason": reason,
        }
        row |= {name: value or None for name, value in scan.utm.columns().items()}
        return EnrichedScan(
            scan.id, scan.at, day, scan.workspace_id, scan.code_id, visitor, row, reason
        )

    def _kept_address(self, address: str) -> str | None:
        if self._store_ip == "none":
            return None
        return truncate_address(address) if self._store_ip == "truncated" else address[:45] or None

    def _mark_repeats(self, connection: Connection, scans: list[EnrichedScan]) -> None:
        people = [scan for scan in scans if scan.is_person and scan.visitor]
        last = _last_seen(connection, people)
        for scan in people:
            key = (scan.code_id, scan.day, scan.visitor)
            before = last.get(key)
            if before and abs((scan.at - before).total_seconds()) < self._repeat_seconds:
                scan.set_aside(REPEAT)
            last[key] = max(scan.at, before) if before else scan.at


def _salts_of(
    connection: Connection, scans: list[AcceptedScan], days: list[date], salts: Salts
) -> dict[tuple[int, date], bytes | None]:
    zones = {
        (scan.workspace_id, day): scan.time_zone for scan, day in zip(scans, days, strict=True)
    }
    # Sorted, so that two workers that make salts wait for each other in the same order.
    return {key: salts.find_salt(connection, *key, zones[key]) for key in sorted(zones)}


def _last_seen(
    connection: Connection, scans: list[EnrichedScan]
) -> dict[tuple[int, date, str | None], datetime]:
    keys = {(scan.workspace_id, scan.code_id, scan.day, scan.visitor) for scan in scans}
    if not keys:
        return {}
    table = ScanVisitor
    names = ("workspace_id", "code_id", "day", "visitor")
    rows = run_lookup(
        connection,
        select(table.code_id, table.day, table.visitor, table.last_at),
        table,
        [dict(zip(names, key, strict=True)) for key in keys],
    )
    return {(row.code_id, row.day, row.visitor): row.last_at for row in rows}


def _first_language(header: str) -> str | None:
    """ "de-CH,de;q=0.9" as "de-CH"."""
    first = header.split(",", 1)[0].split(";", 1)[0].strip()
    return first[:35] if first and first != "*" else None


def _host_of(referrer: str) -> str | None:
    try:
        return (urlsplit(referrer).hostname or "")[:253] or None
    except ValueError:
        return None
