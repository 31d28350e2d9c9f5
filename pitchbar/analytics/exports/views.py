"""Exports: a form that asks for one, the list of those that are made, and their files."""

import re

from flask import Blueprint, Response, flash, request, stream_with_context, url_for
from flask_login import current_user
from sqlalchemy import select

from pitchbar.accounts.actors import current_actor
from pitchbar.analytics.boards.ranges import RangeRefused
from pitchbar.analytics.exports.contents import content_of, list_contents
from pitchbar.analytics.exports.formats import FORMATS
from pitchbar.analytics.exports.making import KEPT, delete_export, read_file
from pitchbar.analytics.exports.models import DONE, FAILED, RUNNING, WAITING, Export
from pitchbar.analytics.exports.reading import read_question
from pitchbar.analytics.exports.services import (
    AT_ONCE,
    begin_export,
    record_sent,
    retry_export,
    stream,
)
from pitchbar.analytics.filters import TooManyFilters
from pitchbar.analytics.scan_list.queries import count_up_to
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.pagination import paginate
from pitchbar.errors import DomainError, NotFound
from pitchbar.extensions import db
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("exports", __name__, url_prefix="/w/<slug>/exports")


class UnreadableExport(DomainError):
    """What was asked for is no state of a board."""

    status = 422
    code = "invalid"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} Go back to the scans, correct it there, and export again.")


@bp.get("")
@requires("export")
def index(workspace: Workspace) -> Response:
    query = select(Export).where(Export.workspace_id == workspace.id).order_by(Export.id.desc())
    page = paginate(db.session, query, request.args.get("page", 1, type=int))
    return render(
        "exports/index.html",
        "exports/_exports.html",
        page=page,
        formats=FORMATS,
        offered=[one for one in list_contents() if one.form_endpoint],
        contents={one.id: content_of(one) for one in page.items},
        days=KEPT.days,
        is_working=any(one.state in (WAITING, RUNNING) for one in page.items),
    )


@bp.post("")
@requires("export")
@form_on("exports.index")
def create(workspace: Workspace) -> Response:
    """Sends the file, or where it is large has it made."""
    kind, query = request.form.get("kind", ""), request.form.get("query", "")[:8000]
    if kind not in FORMATS:
        raise UnreadableExport("Choose CSV, JSON or Parquet.")
    try:
        question = read_question(workspace, query)
    except (RangeRefused, TooManyFilters) as error:
        raise UnreadableExport(str(error)) from None
    if count_up_to(question, AT_ONCE + 1) > AT_ONCE:
        begin_export(
            workspace, current_user, current_actor(), kind=kind, query=query, question=question
        )
        db.session.commit()
        flash("The file is being made. You get a message when it is ready.", "success")
        return go_to(url_for("exports.index", slug=workspace.slug))
    record_sent(workspace, current_actor(), kind=kind, query=query)
    db.session.commit()
    response = Response(
        stream_with_context(stream(workspace, question, kind)), mimetype=FORMATS[kind].mimetype
    )
    return as_attachment(response, f"{workspace.slug}-scans.{kind}")


@bp.get("/<int:export_id>/file")
@requires("export")
def download(workspace: Workspace, export_id: int) -> Response:
    """From any byte on: a download that was cut off is taken up again."""
    export = _get(workspace, export_id)
    if export.state != DONE:
        raise NotFound
    start = _first_byte(export)
    response = Response(
        read_file(export, start, export.size), mimetype=FORMATS[export.kind].mimetype
    )
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(export.size - start)
    response.headers["ETag"] = f'"{export.id}-{export.size}"'
    if start:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{export.size - 1}/{export.size}"
    return as_attachment(
        response, f"{workspace.slug}-{content_of(export).noun}-{export.id}.{export.kind}"
    )


@bp.post("/<int:export_id>/retry")
@requires("export")
def retry(workspace: Workspace, export_id: int) -> Response:
    export = _get(workspace, export_id)
    if export.state == FAILED:
        retry_export(export)
        db.session.commit()
        flash("It goes on where it stopped.", "success")
    return go_to(url_for("exports.index", slug=workspace.slug))


@bp.post("/<int:export_id>/removal")
@requires("export")
def remove(workspace: Workspace, export_id: int) -> Response:
    delete_export(_get(workspace, export_id))
    db.session.commit()
    flash("The file is deleted. What it was made of is not touched.", "success")
    return go_to(url_for("exports.index", slug=workspace.slug))


def _first_byte(export: Export) -> int:
    """Of "bytes=500-"; anything else gets the whole file."""
    found = re.fullmatch(r"bytes=(\d{1,15})-", request.headers.get("Range", ""))
    is_same = request.headers.get("If-Range") in (None, f'"{export.id}-{export.size}"')
    start = int(found[1]) if found and is_same else 0
    return start if start < export.size else 0


def _get(workspace: Workspace, export_id: int) -> Export:
    export = db.session.scalar(
        select(Export).where(Export.workspace_id == workspace.id, Export.id == export_id)
    )
    if export is None:
        raise NotFound
    return export
