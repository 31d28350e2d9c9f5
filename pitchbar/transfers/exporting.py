"""All codes of a workspace as a table that an import reads back."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from pitchbar.codes.addresses import address_of
from pitchbar.codes.labels.queries import labels_by_code
from pitchbar.codes.models import Code
from pitchbar.core.csv_export import csv_portions
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.scans.models import ScanDay
from pitchbar.settings import Settings
from pitchbar.transfers.reading.fields import FIELDS
from pitchbar.workspaces.models import Workspace

# What the status says alone.
_COLUMNS = tuple(one.name for one in FIELDS if one.name != "archived")
# What is told beside the fields, and an import leaves out.
_TOLD = ("short_url", "domain", "has_password", "has_rules", "scans", "created_at")
_AT_ONCE = 500


def export_codes(workspace: Workspace, settings: Settings) -> Iterator[str]:
    """A CSV file in portions, the oldest code first; archived codes are in it.

    It is read when the request is over, so nothing of it is taken from the workspace's row later.
    """
    rows = (_row(code, names, scans, settings) for code, names, scans in _each(workspace.id))
    return csv_portions((*_COLUMNS, *_TOLD), rows)


def record_export(workspace: Workspace, by: Actor, kind: str) -> None:
    about = Subject("export", workspace.id, f"Codes as {kind}", workspace.id)
    record_event("codes.exported", about, by=by, after={"kind": kind})


def each_code(workspace_id: int) -> Iterator[Sequence[Code]]:
    """In portions, by their ids."""
    after = 0
    while True:
        query = select(Code).where(
            Code.workspace_id == workspace_id, Code.deleted_at.is_(None), Code.id > after
        )
        found = db.session.scalars(query.order_by(Code.id).limit(_AT_ONCE)).all()
        if not found:
            return
        yield found
        after = found[-1].id


def _each(workspace_id: int) -> Iterator[tuple[Code, list[str], int]]:
    """Each code with the names of its labels and its scans."""
    for codes in each_code(workspace_id):
        ids = [code.id for code in codes]
        labels, scans = labels_by_code(ids), _count_scans(workspace_id, ids)
        for code in codes:
            yield code, [label.name for label in labels.get(code.id, ())], scans.get(code.id, 0)


def _count_scans(workspace_id: int, code_ids: Sequence[int]) -> dict[int, int]:
    """By people, as the boards count them."""
    rows = db.session.execute(
        select(ScanDay.code_id, func.sum(ScanDay.people))
        .where(ScanDay.workspace_id == workspace_id, ScanDay.code_id.in_(code_ids))
        .group_by(ScanDay.code_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _row(code: Code, labels: list[str], scans: int, settings: Settings) -> list[Any]:
    values = [_written(code, name, labels) for name in _COLUMNS]
    return [
        *values,
        address_of(code, settings),
        code.domain.host if code.domain else "",
        _yes(code.password_hash),
        _yes(code.routing),
        scans,
        code.created_at.isoformat(),
    ]


def _written(code: Code, name: str, labels: list[str]) -> Any:
    if name == "labels":
        return ", ".join(labels)
    if name == "short_code":
        return code.present_short_code
    value = getattr(code, name)
    if isinstance(value, bool):
        return _yes(value)
    return value.isoformat() if name in ("starts_at", "ends_at") and value else value


def _yes(value: Any) -> str:
    return "yes" if value else "no"
