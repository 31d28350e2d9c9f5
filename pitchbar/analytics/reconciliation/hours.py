"""One hour: what was accepted, what is stored, and what the rollups say of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pitchbar.extensions import db
from pitchbar.scans.hour_counts import RECORDED, UNRECORDED
from pitchbar.scans.models import FIGURES, WHOLE_WORKSPACE, AcceptedHour, RejectedLine, Scan
from pitchbar.scans.models import ScanHour as Rollup
from pitchbar.scans.set_apart import HEAD, OVER_LIMIT, OWN, REPEAT

HOUR = timedelta(hours=1)
# What is compared with the scans themselves: unique people need to know the whole day.
COMPARED = tuple(name for name in FIGURES if name != "unique_people")
_COLUMNS = {REPEAT: "repeats", OWN: "own", OVER_LIMIT: "over_limit", HEAD: "heads"}
# workspace, code (0: all of it)
Key = tuple[int, int]
Figures = Mapping[str, int]


@dataclass(frozen=True)
class Counted:
    """`by_code` has the figures that the rollups should have; `reasons` "" for people."""

    accepted: int
    unrecorded: int
    rejected: int
    reasons: Mapping[str, int]
    by_code: Mapping[Key, Figures]

    @property
    def stored(self) -> int:
        return sum(self.reasons.values())


def count_hour(hour: datetime) -> Counted:
    """Of the whole installation, read within that hour alone."""
    rows = db.session.execute(
        select(Scan.workspace_id, Scan.code_id, Scan.set_apart, func.count())
        .where(Scan.scanned_at >= hour, Scan.scanned_at < hour + HOUR)
        .group_by(Scan.workspace_id, Scan.code_id, Scan.set_apart)
    )
    reasons: Counter[str] = Counter()
    by_code: dict[Key, Counter[str]] = defaultdict(Counter)
    for workspace_id, code_id, reason, count in rows:
        reasons[reason or ""] += count
        column = "people" if reason is None else _COLUMNS.get(reason)
        for key in ((workspace_id, code_id), (workspace_id, WHOLE_WORKSPACE)):
            by_code[key]["hits"] += count
            if column:
                by_code[key][column] += count
    return Counted(
        _count_accepted(hour, RECORDED),
        _count_accepted(hour, UNRECORDED),
        _count_rejected(hour),
        reasons,
        by_code,
    )


def find_first_counted_hour() -> datetime | None:
    """From the hour after it on all is counted; in it, counting began."""
    return db.session.scalar(select(func.min(AcceptedHour.hour_at)))


def read_rollups(hour: datetime) -> dict[Key, dict[str, int]]:
    rows = db.session.execute(
        select(Rollup.workspace_id, Rollup.code_id, *(getattr(Rollup, name) for name in COMPARED))
        .where(Rollup.hour_at == hour)
        .order_by(Rollup.workspace_id, Rollup.code_id)
    )
    return {
        (workspace_id, code_id): dict(zip(COMPARED, figures, strict=True))
        for workspace_id, code_id, *figures in rows
    }


def compare(counted: Mapping[Key, Figures], rollups: Mapping[Key, Figures]) -> dict[Key, Figures]:
    """What must be added to the rollups, by column, where they are not what the scans come to."""
    found: dict[Key, Figures] = {}
    for key in sorted(counted.keys() | rollups.keys()):
        is_, should_be = rollups.get(key, {}), counted.get(key, {})
        missing = {
            name: difference
            for name in COMPARED
            if (difference := should_be.get(name, 0) - is_.get(name, 0))
        }
        if missing:
            found[key] = missing
    return found


def _count_accepted(hour: datetime, kind: str) -> int:
    scans = select(func.sum(AcceptedHour.scans)).where(
        AcceptedHour.hour_at == hour, AcceptedHour.kind == kind
    )
    return int(db.session.scalar(scans) or 0)


def _count_rejected(hour: datetime) -> int:
    rejected = select(func.count()).select_from(RejectedLine).where(RejectedLine.hour_at == hour)
    return db.session.scalar(rejected) or 0
