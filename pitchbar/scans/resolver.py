"""Short code to destination, from a cache in the process.

An entry is looked up again when it is older than `max_stale` seconds, or at once when the bus says
that its code changed. When the database does not answer, a known code keeps redirecting.
"""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Engine, Row, TextualSelect, text

from pitchbar.core.bus import Bus
from pitchbar.core.database import UtcDateTime
from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import UTM_COLUMNS, Utm
from pitchbar.rules.compiling import CompiledRules
from pitchbar.scans.accepted import NO_WAY, Way
from pitchbar.scans.code_rules import read_code_rules
from pitchbar.scans.counting import Counting
from pitchbar.scans.gates import Gate
from pitchbar.scans.known_answers import KnownAnswers
from pitchbar.scans.quota import Allowance
from pitchbar.scans.redirects import ResolvedCode, Special
from pitchbar.scans.shared_counts import Counted


def _query(found_by: str) -> TextualSelect:
    return text(
        f"""
    SELECT c.id, c.workspace_id, w.time_zone, w.name, c.status, c.destination_url,
           {", ".join(f"c.{name}" for name in UTM_COLUMNS)}, c.forward_parameters,
           coalesce(nullif(c.fallback_url, ''), w.fallback_url), c.campaign, c.starts_at, c.ends_at,
           c.attribution, c.routing, c.scan_limit, c.password_hash, w.colour, w.plan,
           w.records_overage,
           c.created_at AS code_made_at, w.created_at AS workspace_made_at
    FROM codes c JOIN workspaces w ON w.id = c.workspace_id
    {found_by} AND c.deleted_at IS NULL
    """  # noqa: S608  # our own names, no input
    ).columns(
        starts_at=UtcDateTime,
        ends_at=UtcDateTime,
        code_made_at=UtcDateTime,
        workspace_made_at=UtcDateTime,
    )


_ON_OUR_HOST = _query("WHERE c.short_code = :short_code")
_ON_DOMAIN = _query(
    "JOIN code_addresses a ON a.code_id = c.id "
    "WHERE a.domain_id = :domain_id AND a.short_code = :short_code"
)
# Between a domain and a short code on it; neither Latin-1 nor UTF-8 has it, so that no address that
# somebody asks for can be taken for one of another host.
_SEPARATOR = "\ud800"
# Anything else was never given out, and is worth neither a query nor a place in the cache.
_LEADING = re.compile(r"[a-z0-9_-]*")
_WELL_FORMED = re.compile(r"[a-z0-9_-]{1,64}")


class Resolver(KnownAnswers[ResolvedCode]):
    """`resolve(short_code)` gives the code, or None when there is none.

    Args:
        engine: read only, and only for codes that are not fresh in the cache.
        counting: makes ready what is counted of a code; None counts nothing.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        max_stale: float = 2.0,
        capacity: int = 100_000,
        counting: Counting | None = None,
    ) -> None:
        super().__init__(max_stale=max_stale, capacity=capacity, name="resolver")
        self._engine = engine
        self._counting = counting

    def listen(self, bus: Bus) -> None:
        """Forgets a code as soon as the bus says that it changed."""
        bus.subscribe("codes", self._hear)

    def _hear(self, message: Mapping[str, Any]) -> None:
        """A process of the release before names the short code on our own host alone."""
        self.invalidate(str(message["short_code"]))
        for domain_id, short_code in message.get("addresses", ()):
            self.invalidate(name_on_domain(domain_id, str(short_code)))

    def resolve(self, short_code: str) -> ResolvedCode | None:
        """Raises Unavailable when neither the cache nor the database knows."""
        entry = self._entries.get(short_code)
        now = time.monotonic()
        if entry is not None and now - entry[0] < self._max_stale:
            return entry[1]
        short_code = normalise_short_code(short_code)
        if not _WELL_FORMED.fullmatch(short_code.rpartition(_SEPARATOR)[2]):
            return None
        return self._look_up(short_code, now)

    def is_known(self, short_code: str) -> bool:
        """Whether the cache has it, however old: then it costs no look-up by itself."""
        return short_code in self._entries or normalise_short_code(short_code) in self._entries

    def _read(self, short_code: str) -> ResolvedCode | None:
        domain, is_on_domain, short_code = short_code.rpartition(_SEPARATOR)
        domain_id = int(domain or 0)
        asked: dict[str, int | str] = {"short_code": short_code}
        if is_on_domain:
            asked["domain_id"] = domain_id
        with self._engine.connect() as connection:
            query = _ON_DOMAIN if is_on_domain else _ON_OUR_HOST
            row = connection.execute(query, asked).one_or_none()
        if row is None:
            return None
        rules = read_code_rules(row)
        code_id, workspace_id, time_zone, workspace_name, status, destination, *rest = row
        *utm, forward, fallback, campaign = rest[: len(Utm._fields) + 3]
        defaults = Utm(*utm)
        location, values = set_utm(destination, defaults, [])
        return ResolvedCode(
            code_id,
            workspace_id,
            time_zone,
            workspace_name,
            status == "active",
            destination,
            defaults,
            bool(forward),
            location,
            values,
            fallback,
            Way(domain_id=domain_id, campaign=campaign) if domain_id or campaign else NO_WAY,
            _read_special(row, rules),
            row.colour,
            self._prepare(row, rules),
        )

    def _prepare(self, row: Row[Any], rules: CompiledRules | None) -> Allowance | None:
        """What is counted on the path is made ready here."""
        if self._counting is None:
            return None
        code = Counted(row.id, _milliseconds(row.code_made_at))
        workspace = Counted(row.workspace_id, _milliseconds(row.workspace_made_at))
        is_counted = bool(row.scan_limit) or (rules is not None and rules.asks_scans)
        self._counting.prepare_code(workspace, code, is_counted=is_counted)
        # What goes beyond the plan is paid for one by one: all scans are recorded.
        is_counted = not row.records_overage
        return self._counting.prepare_workspace(
            workspace, row.time_zone, row.plan, is_counted=is_counted
        )


def _read_special(row: Row[Any], rules: CompiledRules | None) -> Special | None:
    gate = None
    if row.starts_at or row.ends_at:
        gate = Gate(_milliseconds(row.starts_at), _milliseconds(row.ends_at))
    asked = (gate, rules, bool(row.attribution), row.scan_limit or 0, row.password_hash or "")
    return Special(*asked) if any(asked) else None


def _milliseconds(at: datetime | None) -> int:
    return round(at.timestamp() * 1000) if at else 0


def normalise_short_code(raw: str) -> str:
    """As people type and texts wrap it: any case, and ended by what no short code can contain, such
    as a full stop, a bracket or an invisible space. WSGI gives bytes as Latin-1.
    """
    domain, separator, raw = raw.rpartition(_SEPARATOR)
    short = _LEADING.match(unquote(raw).lstrip("/").lower())
    return f"{domain}{separator}{short[0]}"  # type: ignore[index]  # matches all


def name_on_domain(domain_id: int, raw: str) -> str:
    """What `resolve` finds a code by that is asked for on a customer's domain."""
    return f"{domain_id}{_SEPARATOR}{raw}"
