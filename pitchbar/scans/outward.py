"""What webhooks tell of scans: those of one transaction together, in that transaction.

As the API answers them, but for the address and the fingerprint of the visitor: what was handed to
others could not be erased any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.utm import UTM_NAMES
from pitchbar.events import facts
from pitchbar.events.facts import Facts
from pitchbar.events.outward import declare
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.payloads import ScanResponse
from pitchbar.scans.set_apart import is_robot
from pitchbar.scans.stored import subscribe

RECORDED = "scan.recorded"
_TOLD = ("country", "region", "city", "device", "os", "browser", "language", "referrer_host")
_KEPT_BACK = ("ip", "visitor")


def declare_events() -> None:
    declare(
        RECORDED,
        "Scans are recorded",
        example={"scans": [_example()]},
        is_told=True,
        personal=_TOLD,
    )
    subscribe(tell_scans)


def tell_scans(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Hears of stored scans, in their transaction."""
    wanted = facts.wanted(connection, RECORDED, {scan.workspace_id for scan in scans})
    if not wanted:
        return
    by_workspace = defaultdict(list)
    for scan in scans:
        if scan.workspace_id in wanted:
            by_workspace[scan.workspace_id].append(scan)
    told = [scan for group in by_workspace.values() for scan in group]
    names = short_codes(connection, {scan.code_id for scan in told})
    at = clock.now()
    facts.tell(
        connection,
        [
            Facts(
                RECORDED,
                workspace_id,
                [_item(scan, names) for scan in group],
                [scan.visitor or "" for scan in group],
                at,
            )
            for workspace_id, group in sorted(by_workspace.items())
        ],
    )


def short_codes(connection: Connection, code_ids: Iterable[int]) -> dict[int, str]:
    """Of the present addresses, by the codes' ids."""
    chosen = select(Code.id, Code.short_code, Code.domain_short_code).where(Code.id.in_(code_ids))
    return {row.id: row.domain_short_code or row.short_code for row in connection.execute(chosen)}


def _item(scan: EnrichedScan, names: dict[int, str]) -> dict[str, Any]:
    row = scan.row
    robot = is_robot(scan.set_apart)
    return {
        "id": str(scan.id),
        "at": scan.at.isoformat(),
        "code_id": scan.code_id,
        "short_code": names.get(scan.code_id, ""),
        **{name: row.get(name) for name in _TOLD},
        "utm": {name: row.get(f"utm_{name}") for name in UTM_NAMES},
        "robot": robot,
        "robot_reason": scan.set_apart if robot else None,
        "set_apart": scan.set_apart,
    }


def _example() -> dict[str, Any]:
    answered: Any = ScanResponse.model_config["json_schema_extra"]
    answer = {k: v for k, v in answered["examples"][0].items() if k not in _KEPT_BACK}
    return {
        "id": answer.pop("id"),
        "at": answer.pop("at"),
        "code_id": 42,
        "short_code": "menu",
    } | answer
