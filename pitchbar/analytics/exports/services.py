"""Exports of scans: sent at once where they are small, made by a job where they are large."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person
from pitchbar.analytics.engine import Question
from pitchbar.analytics.exports.columns import COLUMNS, RowMaker
from pitchbar.analytics.exports.contents import content_of
from pitchbar.analytics.exports.formats import FORMATS
from pitchbar.analytics.exports.making import delete_files
from pitchbar.analytics.exports.models import WAITING, Export
from pitchbar.analytics.exports.tasks import make_export
from pitchbar.analytics.scan_list.queries import count_up_to, each_scan
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.workspaces.models import Workspace

AT_ONCE = 100_000


def stream(workspace: Workspace, question: Question, kind: str) -> Iterator[bytes]:
    """The whole file, in portions."""
    made, make = FORMATS[kind], RowMaker(workspace)
    parts = (iter([made.write(make.rows_of(scans))]) for scans in each_scan(question))
    return made.join(parts, COLUMNS)


def begin_export(
    workspace: Workspace, person: Person, by: Actor, *, kind: str, query: str, question: Question
) -> Export:
    """Its range is kept as the days that it was: tomorrow "the last 30 days" are others."""
    span = question.span
    fixed = [pair for pair in query.split("&") if pair.partition("=")[0] not in _RANGE and pair]
    ends = (span.start.isoformat(), (span.end - timedelta(hours=1)).isoformat())
    days = span.interval != "hour"
    first, last = (span.first.isoformat(), span.last.isoformat()) if days else ends
    fixed += [f"from={_quoted(first)}", f"to={_quoted(last)}"]
    fixed += [] if days else ["interval=hour"]
    export = Export(
        workspace_id=workspace.id,
        person_id=person.id,
        kind=kind,
        query="&".join(fixed),
        expected=count_up_to(question, 50 * AT_ONCE),
    )
    db.session.add(export)
    db.session.flush()
    record_event("scans.exported", export, by=by, after={"kind": kind, "filters": query})
    enqueue(make_export, export.id)
    return export


_RANGE = ("range", "from", "to", "interval", "tab", "metric")


def _quoted(text: str) -> str:
    return text.replace("+", "%2B").replace(":", "%3A")


def record_sent(workspace: Workspace, by: Actor, *, kind: str, query: str) -> None:
    about = Subject("export", workspace.id, f"Scans as {kind}", workspace.id)
    record_event("scans.exported", about, by=by, after={"kind": kind, "filters": query})


def retry_export(export: Export) -> None:
    """Goes on behind the last part."""
    export.state, export.ended_at = WAITING, None
    enqueue(content_of(export).task(), export.id)


def forget_exports(event: Event) -> None:
    """A workspace takes its files along."""
    mine = Export.workspace_id == int(event.subject.id)
    for export in db.session.scalars(select(Export).where(mine)).all():
        delete_files(export)
    db.session.execute(delete(Export).where(mine))
