"""Exports of scans: sent at once where they are small, made by a job where they are large."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person
from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.loading import question_of
from pitchbar.analytics.boards.ranges import read_range
from pitchbar.analytics.engine import Question
from pitchbar.analytics.exports.columns import RowMaker
from pitchbar.analytics.exports.formats import FORMATS
from pitchbar.analytics.exports.models import DONE, FAILED, RUNNING, WAITING, Export
from pitchbar.analytics.scan_list.queries import count_up_to, each_scan, read_place, write_place
from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

AT_ONCE = 100_000
KEPT = timedelta(days=7)
# Rows of a part: what a job that is cut off does again.
_PART = 20_000


def read_question(workspace: Workspace, query: str) -> Question:
    """What a board of that address asks for.

    Raises:
        RangeRefused, TooManyFilters
    """
    arguments = parse_qs(query, keep_blank_values=True)
    address = Address.read("", arguments)
    shown = read_range({name: values[0] for name, values in arguments.items()}, workspace)
    return question_of(workspace, None, address, shown)


def stream(workspace: Workspace, question: Question, kind: str) -> Iterator[bytes]:
    """The whole file, in portions."""
    made, make = FORMATS[kind], RowMaker(workspace)
    return made.join(iter([made.write(make.rows_of(scans))]) for scans in each_scan(question))


def begin_export(
    workspace: Workspace, person: Person, by: Actor, *, kind: str, query: str, question: Question
) -> Export:
    """Its range is kept as the days that it was: tomorrow "the last 30 days" are others."""
    from pitchbar.analytics.exports.tasks import make_export

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


def work_on(export: Export, seconds: float, now: datetime) -> bool:
    """Writes parts until the time is over; whether the file is whole. This is an entry point: it
    commits after each part.
    """
    workspace = db.session.get_one(Workspace, export.workspace_id)
    question, storage = read_question(workspace, export.query), _storage()
    until = clock.now() + timedelta(seconds=seconds)
    make, kind = RowMaker(workspace), FORMATS[export.kind]
    export.state, export_id = RUNNING, export.id
    db.session.commit()
    for scans in _in_parts(each_scan(question, read_place(export.place) if export.place else None)):
        storage.put(f"{export.key}.parts/{export.parts:06}", kind.write(make.rows_of(scans)))
        place = write_place(scans[-1])
        export = db.session.get_one(Export, export_id)
        export.parts, export.rows, export.place = (
            export.parts + 1,
            export.rows + len(scans),
            place,
        )
        db.session.commit()
        if clock.now() > until:
            return False
    _finish(db.session.get_one(Export, export_id), storage, now)
    return True


def _in_parts(portions: Iterator[Sequence[Any]]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for portion in portions:
        part += portion
        if len(part) >= _PART:
            yield part
            part = []
    if part:
        yield part


def _finish(export: Export, storage: ObjectStorage, now: datetime) -> None:
    parts = [f"{export.key}.parts/{number:06}" for number in range(export.parts)]
    kind = FORMATS[export.kind]
    export.size = storage.put_stream(export.key, kind.join(storage.read(key) for key in parts))
    export.state, export.ended_at = DONE, now
    _tell(export)
    db.session.commit()
    storage.delete(parts)


def _tell(export: Export) -> None:
    person = db.session.get(Person, export.person_id) if export.person_id else None
    if person is None:
        return
    workspace = db.session.get_one(Workspace, export.workspace_id)
    queue_mail(
        "analytics/export_ready",
        to=person.email,
        subject=f"Your export of {workspace.name} is ready",
        workspace=workspace.name,
        rows=export.rows,
        kind=FORMATS[export.kind].label,
        days=KEPT.days,
        link=f"{current_settings().app_url}/w/{workspace.slug}/exports",
        link_label="Open the exports",
    )


def fail_export(export: Export, now: datetime) -> None:
    export.state, export.ended_at = FAILED, now


def retry_export(export: Export) -> None:
    """Goes on behind the last part."""
    from pitchbar.analytics.exports.tasks import make_export

    export.state, export.ended_at = WAITING, None
    enqueue(make_export, export.id)


def delete_export(export: Export) -> None:
    _delete_files(export)
    db.session.delete(export)


def forget_old_exports(now: datetime) -> int:
    old = db.session.scalars(select(Export).where(Export.created_at < now - KEPT)).all()
    for export in old:
        delete_export(export)
    return len(old)


def forget_exports(event: Event) -> None:
    """A workspace takes its files along."""
    mine = Export.workspace_id == int(event.subject.id)
    for export in db.session.scalars(select(Export).where(mine)).all():
        _delete_files(export)
    db.session.execute(delete(Export).where(mine))


def read_file(export: Export, start: int, end: int) -> Iterator[bytes]:
    return _storage().read(export.key, start, end)


def _delete_files(export: Export) -> None:
    storage = _storage()
    storage.delete([export.key, *storage.list_keys(f"{export.key}.parts")])


def _storage() -> ObjectStorage:
    return open_storage(current_settings().storage_url)
