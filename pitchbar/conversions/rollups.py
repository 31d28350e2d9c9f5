"""The rollups of conversions: of each code and workspace, by day and currency."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pitchbar.conversions.models import FIGURES, NO_CURRENCY, ConversionDay
from pitchbar.scans.bulk_sql import insert_or_add
from pitchbar.scans.models import WHOLE_WORKSPACE

# workspace, code, day, currency
Key = tuple[int, int, date, str]


def add_to_rollups(connection: Connection, inserted: Sequence[dict[str, Any]]) -> None:
    """Adds conversions that were really inserted: a late one to the day on which it came and to
    that of its scan.
    """
    days: dict[Key, list[int]] = defaultdict(lambda: [0] * len(FIGURES))
    for row in inserted:
        value, currency = row["value_minor"] or 0, row["currency"] or NO_CURRENCY
        for code_id in (row["code_id"], WHOLE_WORKSPACE):
            of_own_day = days[row["workspace_id"], code_id, row["day"], currency]
            of_own_day[0] += 1
            of_own_day[1] += value
            of_scan_day = days[row["workspace_id"], code_id, row["scan_day"], currency]
            of_scan_day[2] += 1
            of_scan_day[3] += value
    names = ("workspace_id", "code_id", "day", "currency", *FIGURES)
    # Sorted, so that two workers take row locks in the same order.
    rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in sorted(days.items())]
    insert_or_add(connection, ConversionDay, rows, FIGURES)
