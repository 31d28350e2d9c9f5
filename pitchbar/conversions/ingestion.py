"""From accepted calls to stored conversions, one transaction for each batch and its rollups.

A batch may arrive twice, whole or in part, and an order may be told many times: only what was
really inserted is counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from pitchbar.conversions import stored
from pitchbar.conversions.keys import Owner, read_owners
from pitchbar.conversions.lines import AcceptedCall, read_line, told_value
from pitchbar.conversions.models import Conversion
from pitchbar.conversions.refused import count_refused
from pitchbar.core.bus import Bus
from pitchbar.core.clock import local_date
from pitchbar.core.database import begin_synced
from pitchbar.scans.accepted import time_of_scan
from pitchbar.scans.bisecting import store_or_bisect
from pitchbar.scans.bulk_sql import insert_new
from pitchbar.scans.rejected import Rejected, RejectedLines
from pitchbar.scans.segments import each_line

TOPIC = "conversions"
Row = dict[str, Any]
_BATCH = 500


class Owned(NamedTuple):
    """A call, and whose it is by the key that it came with."""

    call: AcceptedCall
    owner: Owner
    reason: str


class ConversionIngestion:
    """Stores lines. One object for each thread or process that ingests.

    Args:
        bus: hears which workspaces and codes have new conversions, after the commit.
        rejected: keeps lines that can never be stored.
    """

    def __init__(self, engine: Engine, bus: Bus, rejected: RejectedLines) -> None:
        self._engine = engine
        self._bus = bus
        self._rejected = rejected

    def ingest(self, lines: bytes) -> int:
        """Stores whole lines; returns how many conversions are new.

        Raises what the database raises when it is away: the same lines may then come again.
        """
        calls, rejected, count = list[AcceptedCall](), Rejected(), 0
        for line in each_line(lines):
            try:
                calls.append(read_line(line))
            except ValueError as error:
                rejected.append((line, error))
        for start in range(0, len(calls), _BATCH):
            batch = calls[start : start + _BATCH]
            count += store_or_bisect(batch, self._ingest, rejected)
        # Last, because lines that come again would be set aside again.
        self._rejected.keep(rejected)
        return count

    def _ingest(self, calls: Sequence[AcceptedCall]) -> int:
        with self._engine.begin() as connection:
            begin_synced(connection)
            owned, inserted = store_calls(connection, calls)
        publish_stored(self._bus, owned, inserted)
        return len(inserted)


def store_calls(
    connection: Connection, calls: Sequence[AcceptedCall]
) -> tuple[Sequence[Owned], Sequence[Row]]:
    """Stores conversions and counts refused calls, in the caller's transaction; returns the calls
    that are somebody's, and the rows that are new.
    """
    owned = _find_owners(calls, read_owners(connection, _keys_of(calls)))
    inserted = _store(connection, [one for one in owned if not one.reason])
    refused = [one for one in owned if one.reason]
    count_refused(connection, [(one.call, one.owner, one.reason) for one in refused])
    return owned, inserted


def publish_stored(bus: Bus, owned: Sequence[Owned], inserted: Sequence[Row]) -> None:
    """After the commit: wakes the pages that show them."""
    if owned:
        workspaces = {one.owner.workspace_id for one in owned}
        codes = {row["code_id"] for row in inserted}
        bus.publish(TOPIC, {"workspaces": sorted(workspaces), "codes": sorted(codes)})


def _keys_of(calls: Sequence[AcceptedCall]) -> set[str]:
    return {call.facts.key for call in calls if call.facts.key}


def _find_owners(calls: Sequence[AcceptedCall], owners: Mapping[str, Owner]) -> list[Owned]:
    """Without the calls that came with a key that nobody has."""
    found = []
    for call in calls:
        facts = call.facts
        told = Owner(facts.workspace_id, facts.time_zone)
        owner = owners.get(facts.key) if facts.key else told
        if owner is None:
            continue
        is_foreign = not facts.reason and owner.workspace_id != facts.workspace_id
        found.append(Owned(call, owner, "foreign_token" if is_foreign else facts.reason))
    return found


def _store(connection: Connection, owned: Sequence[Owned]) -> Sequence[Row]:
    """The rows that are new."""
    by_id = {one.call.id: _row(one) for one in owned}
    if not by_id:
        return []
    # Two workers insert in the same order; of an order that was told twice, the first counts.
    rows = sorted(by_id.values(), key=_order)
    inserted = insert_new(connection, Conversion, rows, ("id",))
    if inserted:
        stored.publish(connection, inserted)
    return inserted


def _order(row: Row) -> tuple[Any, ...]:
    order = (row["workspace_id"], row["event"], row["order_id"] or "")
    return *order, row["occurred_at"], row["id"]


def _row(owned: Owned) -> Row:
    call, facts, zone = owned.call, owned.call.facts, owned.owner.time_zone
    assert call.scan_id is not None  # noqa: S101  # `read_line` has looked
    scanned_at = time_of_scan(call.scan_id)
    return {
        "id": call.id,
        "workspace_id": owned.owner.workspace_id,
        "code_id": facts.code_id,
        "scan_id": call.scan_id,
        "scanned_at": scanned_at,
        "event": facts.event,
        "order_id": facts.order_id or None,
        **told_value(facts),
        "occurred_at": call.at,
        "day": local_date(call.at, zone),
        "scan_day": local_date(scanned_at, zone),
        "rule_id": facts.rule_id or None,
        "variant": facts.variant if facts.variant >= 0 else None,
        "source": facts.source,
    }
