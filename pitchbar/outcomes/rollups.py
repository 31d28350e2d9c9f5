"""The rollup of scans by rule and day. It grows in the transaction that stores the scans."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from pitchbar.outcomes.models import NO_VARIANT, RuleDay
from pitchbar.scans.bulk_sql import insert_or_add
from pitchbar.scans.enriched import EnrichedScan

_KEY = ("workspace_id", "code_id", "rule_id", "variant", "day")


def add_to_rule_days(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Adds scans that were really inserted; most have no rule, and cost a look each."""
    days: dict[tuple[int, int, int, int, date], list[int]] = defaultdict(lambda: [0, 0])
    for scan in scans:
        rule_id = scan.row["rule_id"]
        if rule_id is not None:
            variant = scan.row["variant"]
            key = (
                scan.workspace_id,
                scan.code_id,
                rule_id,
                NO_VARIANT if variant is None else variant,
                scan.day,
            )
            figures = days[key]
            figures[0] += 1
            figures[1] += scan.is_person
    if days:
        rows = [
            {**dict(zip(_KEY, key, strict=True)), "hits": hits, "people": people}
            # Sorted, so that two workers take row locks in the same order.
            for key, (hits, people) in sorted(days.items())
        ]
        insert_or_add(connection, RuleDay, rows, ("hits", "people"))
