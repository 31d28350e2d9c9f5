"""The latest scans, under filters those that match them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from pitchbar.analytics.engine import Question
from pitchbar.analytics.resolving import Condition, resolve
from pitchbar.codes.labels.models import CodeLabel
from pitchbar.codes.queries import CodeName, names_of
from pitchbar.scans.models import Scan
from pitchbar.scans.queries import list_matching_scans, list_recent_scans
from pitchbar.workspaces.models import Workspace

_COUNT = 12
# The attribute of the model is newer than the name of its column.
_ATTRIBUTES = {"robot_reason": "set_apart"}


@dataclass(frozen=True, slots=True)
class RecentScan:
    """A scan as a row of the list; whatever is not known is None."""

    id: UUID
    at: datetime
    code_id: int
    code: CodeName
    country: str | None
    device: str | None
    os: str | None
    browser: str | None
    referrer_host: str | None
    set_apart: str | None


def load_recent(workspace: Workspace, question: Question) -> Sequence[RecentScan]:
    """Without filters the latest of all; with them, those of the span."""
    if not question.filters:
        scans = list_recent_scans(workspace, question.code_id, _COUNT)
    else:
        conditions = [
            _matches(workspace.id, one) for one in resolve(workspace.id, question.filters)
        ]
        span = question.span
        scans = list_matching_scans(
            workspace, question.code_id, conditions, span.start, span.end, _COUNT
        )
    return show_scans(workspace, scans)


def show_scans(workspace: Workspace, scans: Sequence[Scan]) -> Sequence[RecentScan]:
    names = names_of(workspace, {scan.code_id for scan in scans})
    return [_show(scan, names[scan.code_id]) for scan in scans]


def _show(scan: Scan, code: CodeName) -> RecentScan:
    return RecentScan(
        scan.id,
        scan.scanned_at,
        scan.code_id,
        code,
        country=scan.country,
        device=scan.device,
        os=scan.os,
        browser=scan.browser,
        referrer_host=scan.referrer_host,
        set_apart=scan.set_apart,
    )


def _matches(workspace_id: int, one: Condition) -> ColumnElement[bool]:
    if one.dimension.kind == "label":
        return _has_labels(workspace_id, one)
    name = one.dimension.column
    column: Any = getattr(Scan, _ATTRIBUTES.get(name, name))
    parts: list[ColumnElement[bool]] = []
    if one.included is not None:
        found = column.in_(one.included) if one.included else false()
        parts.append(or_(found, column.is_(None)) if one.includes_none else found)
    if one.excluded:
        parts.append(or_(column.is_(None), column.not_in(one.excluded)))
    if one.excludes_none:
        parts.append(column.is_not(None))
    return and_(true(), *parts)


def _has_labels(workspace_id: int, one: Condition) -> ColumnElement[bool]:
    """A label is no column of a scan: it belongs to the code."""
    own = CodeLabel.workspace_id == workspace_id
    labelled = select(CodeLabel.code_id).where(own)
    parts: list[ColumnElement[bool]] = []
    if one.included is not None:
        found = Scan.code_id.in_(labelled.where(CodeLabel.label_id.in_(one.included)))
        bare = Scan.code_id.not_in(labelled)
        parts.append(or_(found, bare) if one.includes_none else found)
    if one.excluded:
        parts.append(Scan.code_id.not_in(labelled.where(CodeLabel.label_id.in_(one.excluded))))
    if one.excludes_none:
        parts.append(Scan.code_id.in_(labelled))
    return and_(true(), *parts)
