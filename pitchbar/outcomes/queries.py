"""Reads of what became of scans: how many each rule took, and the last ones of a code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.clock import local_date
from pitchbar.core.utm import UTM_COLUMNS
from pitchbar.extensions import db
from pitchbar.outcomes.models import NO_VARIANT, RuleDay
from pitchbar.rules.figures import NO_RULE, RuleFigures
from pitchbar.scans.models import Scan, ScanDay
from pitchbar.scans.set_apart import OVER_LIMIT, OWN, REPEAT
from pitchbar.workspaces.models import Workspace

_DAYS = 30
# No programs, though they count as nobody.
_PEOPLE_AGAIN = (REPEAT, OWN, OVER_LIMIT)
# Named one by one: whole objects would take longer than all that is done with them.
_ASKED = (
    Scan.scanned_at,
    Scan.visitor,
    Scan.country,
    Scan.device,
    Scan.os,
    Scan.browser,
    Scan.language,
    Scan.rule_id,
    Scan.variant,
    Scan.set_apart,
    *(getattr(Scan, name) for name in UTM_COLUMNS),
)


@dataclass(frozen=True)
class LastScans:
    """The latest scans of a code, the newest first, without those of robots.

    Attributes:
        scans: rows with what a dry run asks of a scan.
        robots: how many of those were left out in the same time.
        before: how many scans of the code, robots included, came before each of them.
    """

    scans: Sequence[Any]
    robots: int
    before: Sequence[int]


def figures_by_rule(workspace: Workspace, code: Code) -> Mapping[int, RuleFigures]:
    """People by rule; under `NO_RULE` those that none took."""
    since = local_date(clock.now(), workspace.time_zone) - timedelta(days=_DAYS - 1)
    rows = db.session.execute(
        select(
            RuleDay.rule_id, _since(RuleDay.day, RuleDay.people, since), func.sum(RuleDay.people)
        )
        .where(RuleDay.workspace_id == workspace.id, RuleDay.code_id == code.id)
        .group_by(RuleDay.rule_id)
    )
    found = {rule_id: RuleFigures(int(month), int(ever)) for rule_id, month, ever in rows}
    month, ever = db.session.execute(
        select(_since(ScanDay.day, ScanDay.people, since), func.sum(ScanDay.people)).where(
            ScanDay.workspace_id == workspace.id, ScanDay.code_id == code.id
        )
    ).one()
    found[NO_RULE] = RuleFigures(
        int(month or 0) - sum(one.month for one in found.values()),
        int(ever or 0) - sum(one.ever for one in found.values()),
    )
    return found


def people_by_variant(workspace: Workspace, code_id: int) -> dict[tuple[int, int], int]:
    """Of splits, by rule and place in the split."""
    rows = db.session.execute(
        select(RuleDay.rule_id, RuleDay.variant, func.sum(RuleDay.people))
        .where(
            RuleDay.workspace_id == workspace.id,
            RuleDay.code_id == code_id,
            RuleDay.variant != NO_VARIANT,
        )
        .group_by(RuleDay.rule_id, RuleDay.variant)
    )
    return {(rule_id, variant): int(people) for rule_id, variant, people in rows}


def load_last_scans(workspace: Workspace, code: Code, most: int) -> LastScans:
    own = (Scan.workspace_id == workspace.id, Scan.code_id == code.id)
    # Among many robots, fewer people are found: the page says how many there were.
    query = select(*_ASKED).where(*own).order_by(Scan.scanned_at.desc(), Scan.id).limit(3 * most)
    every = db.session.execute(query).all()
    total = db.session.scalar(
        select(func.sum(ScanDay.hits)).where(
            ScanDay.workspace_id == workspace.id, ScanDay.code_id == code.id
        )
    )
    kept = [
        (scan, max(int(total or 0) - place - 1, 0))
        for place, scan in enumerate(every)
        if scan.set_apart is None or scan.set_apart in _PEOPLE_AGAIN
    ][:most]
    oldest = kept[-1][0].scanned_at if kept else clock.now()
    robots = sum(
        scan.scanned_at >= oldest
        and scan.set_apart is not None
        and scan.set_apart not in _PEOPLE_AGAIN
        for scan in every
    )
    return LastScans([scan for scan, _ in kept], robots, [before for _, before in kept])


def list_visitors_between(code: Code, start: datetime, end: datetime) -> set[str]:
    """Who scanned from `start` on and before `end`."""
    query = select(Scan.visitor).where(
        Scan.workspace_id == code.workspace_id,
        Scan.code_id == code.id,
        Scan.scanned_at >= start,
        Scan.scanned_at < end,
        or_(Scan.set_apart.is_(None), Scan.set_apart.in_(_PEOPLE_AGAIN)),
    )
    return {visitor for visitor in db.session.scalars(query.distinct()) if visitor}


def _since(day: Any, figure: Any, since: date) -> Any:
    return func.coalesce(func.sum(case((day >= since, figure), else_=0)), 0)
