"""What the bench of boards measures, and what it must be."""

from collections.abc import Iterator
from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Line:
    """Milliseconds of one kind of board."""

    scope: str
    span: str
    filters: str
    p50: float
    p95: float
    most: float


def missed_targets(found: dict[int, list[Line]], engine_name: str) -> Iterator[str]:
    yield from missed_by_rows(found, 300 if engine_name == "clickhouse" else 1000)
    if engine_name == "clickhouse":
        return
    small = {(one.scope, one.span): one for one in found.get(MILLION, []) if one.filters == "none"}
    for scans, lines in found.items():
        for one in lines:
            what = f"{scans:,} scans, {one.scope}, {one.span}, filters: {one.filters}"
            if scans <= 10 * MILLION and one.filters == "none" and one.p95 >= 300:
                yield f"{what}: {one.p95:.0f} ms, not below 300"
            before = small.get((one.scope, one.span))
            if (
                scans == 10 * MILLION and one.filters == "none" and before and one.p50 > 50
            ):  # nobody waits for less
                growth = one.p50 / before.p50
                if growth >= 2:
                    yield f"{what}: {growth:.1f} times as long as at 1 million"


def missed_by_rows(found: dict[int, list[Line]], most: int) -> Iterator[str]:
    """Of what no rollup answers."""
    for scans, lines in found.items():
        for one in lines:
            asked = scans <= 10 * MILLION and one.filters == "three" and one.span == "30 days"
            if asked and one.p95 >= most:
                yield f"{scans:,} scans, {one.scope}, three filters: {one.p95:.0f} ms, not {most}"
