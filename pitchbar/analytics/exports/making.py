"""Makes the file of an export, part by part."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.analytics.exports.contents import content_of
from pitchbar.analytics.exports.formats import FORMATS
from pitchbar.analytics.exports.models import DONE, FAILED, RUNNING, Export
from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

KEPT = timedelta(days=7)


def work_on(export: Export, seconds: float, now: datetime) -> bool:
    """Writes parts until the time is over; whether the file is whole. This is an entry point: it
    commits after each part.
    """
    workspace = db.session.get_one(Workspace, export.workspace_id)
    content, kind, storage = content_of(export), FORMATS[export.kind], open_files()
    until = clock.now() + timedelta(seconds=seconds)
    export.state, export_id = RUNNING, export.id
    query, place = export.query, export.place
    db.session.commit()
    for part in content.parts(workspace, query, export.kind, place):
        storage.put(f"{export.key}.parts/{export.parts:06}", kind.write(part.rows))
        export = db.session.get_one(Export, export_id)
        export.parts, export.rows, export.place = (
            export.parts + 1,
            export.rows + part.count,
            part.place,
        )
        db.session.commit()
        if clock.now() > until:
            return False
    _finish(db.session.get_one(Export, export_id), storage, now)
    return True


def _finish(export: Export, storage: ObjectStorage, now: datetime) -> None:
    parts = [f"{export.key}.parts/{number:06}" for number in range(export.parts)]
    kind, columns = FORMATS[export.kind], content_of(export).columns(export.kind)
    made = kind.join((storage.read(key) for key in parts), columns)
    export.size = storage.put_stream(export.key, made)
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
        noun=content_of(export).noun,
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
