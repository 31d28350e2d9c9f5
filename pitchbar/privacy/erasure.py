"""One person's data: what there is, to hand over or to erase."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pitchbar.analytics.columnar.deletions import delete_visitor
from pitchbar.core import clock
from pitchbar.core.personal_data import (
    Whom,
    list_holdings,
    list_holdings_to_erase,
)
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.privacy.models import ERASURE, PrivacyReceipt
from pitchbar.scans.erasure import begin_erasure
from pitchbar.workspaces.models import Workspace

_SHOWN = 20


@dataclass(frozen=True)
class Found:
    """What one table holds of somebody: how many rows, and the first of them."""

    table: str
    label: str
    count: int
    rows: list[Mapping[str, Any]]


def look_up(workspace: Workspace, whom: Whom, by: Actor) -> list[Found]:
    """Only tables that hold something; that somebody looked is on record."""
    found = [one for one in _look_into_all(workspace, whom) if one.count]
    after = {"tables": {one.table: one.count for one in found}}
    record_event("privacy.looked_up", _subject(workspace, whom), by=by, after=after)
    return found


def _look_into_all(workspace: Workspace, whom: Whom) -> Iterator[Found]:
    for holding in list_holdings():
        count = holding.count(db.session(), workspace.id, whom)
        rows: list[Mapping[str, Any]] = []
        for row in holding.list_rows(db.session(), workspace.id, whom) if count else ():
            rows.append(row)
            if len(rows) == _SHOWN:
                break
        yield Found(holding.table, holding.label, count, rows)


def export(workspace: Workspace, whom: Whom, by: Actor) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All rows, each with the name of its table; that it was handed over is on record."""
    record_event("privacy.exported", _subject(workspace, whom), by=by)
    return _export_rows(workspace.id, whom)


def _export_rows(workspace_id: int, whom: Whom) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for holding in list_holdings():
        for row in holding.list_rows(db.session(), workspace_id, whom):
            yield holding.table, row


def erase(workspace: Workspace, whom: Whom, by: Actor) -> PrivacyReceipt:
    """Everywhere, in the caller's transaction; scans of them that wait to be stored, or come later
    on that day, are stored without anything that tells of them.
    """
    if whom.visitor:
        begin_erasure(workspace.id, whom.visitor)
        delete_visitor(workspace.id, whom.visitor)
    counts = {
        holding.table: count
        for holding in list_holdings_to_erase()
        if (count := holding.erase(db.session(), workspace.id, whom))
    }
    now = clock.now()
    receipt = PrivacyReceipt(
        workspace_id=workspace.id,
        kind=ERASURE,
        rule=f"Erased on request: {masked(whom)}",
        counts=counts,
        started_at=now,
        ended_at=now,
        actor_name=by.name[:254],
    )
    db.session.add(receipt)
    subject = _subject(workspace, whom)
    record_event("privacy.erased", subject, by=by, after={"tables": counts})
    return receipt


def masked(whom: Whom) -> str:
    """Enough to tell two requests apart, too little to know who it was."""
    if whom.visitor:
        return f"visitor {whom.visitor[:4]}…"
    name, _, domain = whom.email.partition("@")
    return f"address {name[:1]}…@{domain[:1]}…"


def _subject(workspace: Workspace, whom: Whom) -> Subject:
    return Subject("privacy_request", workspace.id, masked(whom), workspace.id)
