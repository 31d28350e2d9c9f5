"""Makes the file of an export, part by part."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.loading import question_of
from pitchbar.analytics.boards.ranges import read_range
from pitchbar.analytics.engine import Question
from pitchbar.analytics.exports.columns import RowMaker
from pitchbar.analytics.exports.formats import FORMATS
from pitchbar.analytics.exports.models import DONE, FAILED, RUNNING, Export
from pitchbar.analytics.scan_list.queries import each_scan, read_place, write_place
from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

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


def work_on(export: Export, seconds: float, now: datetime) -> bool:
    """Writes parts until the time is over; whether the file is whole. This is an entry point: it
    commits after each part.
    """
    workspace = db.session.get_one(Workspace, export.workspace_id)
    question, storage = read_question(workspace, export.query), open_files()
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


def delete_export(export: Export) -> None:
    delete_files(export)
    db.session.delete(export)


def forget_old_exports(now: datetime) -> int:
    old = db.session.scalars(select(Export).where(Export.created_at < now - KEPT)).all()
    for export in old:
        delete_export(export)
    return len(old)


def read_file(export: Export, start: int, end: int) -> Iterator[bytes]:
    return open_files().read(export.key, start, end)


def delete_files(export: Export) -> None:
    storage = open_files()
    storage.delete([export.key, *storage.list_keys(f"{export.key}.parts")])


def open_files() -> ObjectStorage:
    return open_storage(current_settings().storage_url)
