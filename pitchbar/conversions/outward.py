"""What webhooks tell of conversions: as the API answers them, in the transaction that stores."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from pitchbar.conversions.money import as_decimal
from pitchbar.conversions.payloads import ConversionResponse
from pitchbar.conversions.stored import Row, subscribe
from pitchbar.core import clock
from pitchbar.events import facts
from pitchbar.events.facts import Facts
from pitchbar.events.outward import declare
from pitchbar.scans.models import Scan
from pitchbar.scans.outward import short_codes

RECORDED = "conversion.recorded"


def declare_events() -> None:
    answered: Any = ConversionResponse.model_config["json_schema_extra"]
    example = {"conversions": [answered["examples"][0]]}
    declare(
        RECORDED,
        "Conversions are recorded",
        example=example,
        is_told=True,
        personal=("order_id",),
    )
    subscribe(tell_conversions)


def tell_conversions(connection: Connection, rows: Sequence[Row]) -> None:
    """Hears of stored conversions, in their transaction."""
    wanted = facts.wanted(connection, RECORDED, {row["workspace_id"] for row in rows})
    if not wanted:
        return
    by_workspace = defaultdict(list)
    for row in rows:
        if row["workspace_id"] in wanted:
            by_workspace[row["workspace_id"]].append(row)
    told = [row for group in by_workspace.values() for row in group]
    names = short_codes(connection, {row["code_id"] for row in told})
    visitors = _visitors(connection, told)
    at = clock.now()
    facts.tell(
        connection,
        [
            Facts(
                RECORDED,
                workspace_id,
                [_item(row, names) for row in group],
                [visitors.get(row["scan_id"], "") for row in group],
                at,
            )
            for workspace_id, group in sorted(by_workspace.items())
        ],
    )


def _visitors(connection: Connection, rows: Sequence[Row]) -> dict[UUID, str]:
    """Whose scans they came of, by the ids of the scans."""
    query = select(Scan.id, Scan.visitor).where(
        Scan.id.in_({row["scan_id"] for row in rows}),
        Scan.scanned_at.in_({row["scanned_at"] for row in rows}),
    )
    return {row.id: row.visitor for row in connection.execute(query) if row.visitor}


def _item(row: Row, names: dict[int, str]) -> dict[str, Any]:
    minor, currency = row["value_minor"], row["currency"]
    return {
        "id": str(row["id"]),
        "at": row["occurred_at"].isoformat(),
        "event": row["event"],
        "value": None if minor is None or not currency else str(as_decimal(minor, currency)),
        "value_minor": minor,
        "currency": currency,
        "order_id": row["order_id"],
        "code_id": row["code_id"],
        "short_code": names.get(row["code_id"], ""),
        "scan_id": str(row["scan_id"]),
        "scanned_at": row["scanned_at"].isoformat(),
        "source": row["source"],
    }
