"""What is made of an accepted scan: device, country, visitor, and whether it was a person."""

from collections.abc import Container
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from pitchbar.clients.geolocation import Geolocation
from pitchbar.core.addresses import truncate_address
from pitchbar.core.clock import local_date
from pitchbar.core.devices import read_device
from pitchbar.core.utm import UTM_COLUMNS, Utm
from pitchbar.scans.accepted import NO_WAY, AcceptedScan, Way
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.referrers import Origin, read_origin
from pitchbar.scans.repeats import RepeatRule
from pitchbar.scans.robots import find_robot_reason
from pitchbar.scans.set_apart import OWN
from pitchbar.scans.visitors import Salts, network_hash, visitor_hash


class Enrichment:
    """Args:
    store_ip: "none", "truncated" or "full".
    repeats: when a visitor's next scan of the same code is a repeat.
    own: where our own pages are; who comes from there tries the code out.
    places: tells where an address is.
    """

    def __init__(
        self,
        *,
        store_ip: str,
        repeats: RepeatRule,
        own: Container[Origin] = (),
        places: Geolocation | None = None,
    ) -> None:
        self._store_ip = store_ip
        self._own = own
        self._repeats = repeats
        self._places = places or Geolocation()

    def enrich(
        self, connection: Connection, scans: list[AcceptedScan], salts: Salts
    ) -> list[EnrichedScan]:
        """Scans in the order of their times; repeats are found across batches too."""
        days = [_local_day(int(scan.at.timestamp()) // 900, scan.time_zone) for scan in scans]
        of_day = _salts_of(connection, scans, days, salts)
        enriched = [
            self._enrich_one(scan, day, of_day[scan.workspace_id, day])
            for scan, day in zip(scans, days, strict=True)
        ]
        self._repeats.mark(connection, enriched)
        return enriched

    def _enrich_one(self, scan: AcceptedScan, day: date, salt: bytes | None) -> EnrichedScan:
        device = read_device(scan.user_agent)
        if scan.is_untracked:
            salt = None
        visitor = visitor_hash(salt, scan) if salt else None
        network = network_hash(salt, scan.address) if salt else None
        origin = read_origin(scan.referrer) if scan.referrer else None
        reason = find_robot_reason(scan) or (OWN if origin in self._own else None)
        reason = reason or scan.set_apart or None
        place = self._places.place_of(scan.address)
        country, region, city = (*place[:1], None, None) if scan.is_untracked else place
        row: dict[str, Any] = {
            "id": scan.id,
            "scanned_at": scan.at,
            "code_id": scan.code_id,
            "workspace_id": scan.workspace_id,
            "ip": None if scan.is_untracked else self._kept_address(scan.address),
            "visitor": visitor,
            "country": country,
            "region": region,
            "city": city,
            "device": device.kind,
            "os": device.os,
            "browser": device.browser,
            "language": _first_language(scan.language),
            "referrer_host": origin[0][:253] if origin else None,
            "robot_reason": reason,
        }
        row |= _NO_WAY_COLUMNS if scan.way is NO_WAY else _way_columns(scan.way)
        row |= _utm_columns(scan.utm)
        return EnrichedScan(
            scan.id, scan.at, day, scan.workspace_id, scan.code_id, visitor, network, row, reason
        )

    def _kept_address(self, address: str) -> str | None:
        if self._store_ip == "none":
            return None
        return truncate_address(address) if self._store_ip == "truncated" else address[:45] or None


def _way_columns(way: Way) -> dict[str, Any]:
    return {
        "campaign": way.campaign or None,
        "rule_id": way.rule_id or None,
        "variant": way.variant if way.variant >= 0 else None,
        "domain_id": way.domain_id or None,
    }


_NO_WAY_COLUMNS = _way_columns(NO_WAY)


@lru_cache(maxsize=4096)
def _local_day(quarter: int, time_zone: str) -> date:
    """The day in which a quarter of an hour since 1970 falls; days begin with one everywhere."""
    return local_date(datetime.fromtimestamp(quarter * 900, UTC), time_zone)


def _salts_of(
    connection: Connection, scans: list[AcceptedScan], days: list[date], salts: Salts
) -> dict[tuple[int, date], bytes | None]:
    zones = {
        (scan.workspace_id, day): scan.time_zone for scan, day in zip(scans, days, strict=True)
    }
    # Sorted, so that two workers that make salts wait for each other in the same order.
    return {key: salts.find_salt(connection, *key, zones[key]) for key in sorted(zones)}


@lru_cache(maxsize=4096)
def _utm_columns(utm: Utm) -> dict[str, str | None]:
    """Of a code, mostly: the same for each of its scans. Nobody changes what it hands out."""
    return dict(zip(UTM_COLUMNS, [value or None for value in utm], strict=True))


@lru_cache(maxsize=4096)
def _first_language(header: str) -> str | None:
    """ "de-CH,de;q=0.9" as "de-CH"."""
    first = header.split(",", 1)[0].split(";", 1)[0].strip()
    return first[:35] if first and first != "*" else None
