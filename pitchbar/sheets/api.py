from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from pydantic import Field, create_model
from sqlalchemy import select

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.api.payloads import Id, Payload, ResponseModel, Timestamp
from pitchbar.core.pagination import encode_cursor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.sheets.making import files
from pitchbar.sheets.models import DONE, PrintSheet
from pitchbar.sheets.options import SheetOptions
from pitchbar.sheets.services import (
    begin_sheet,
    delete_sheet,
    get_sheet,
    read_options,
    require_file,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import require_right_of_creator, requires_token, shared_limit

TOPIC = Topic(
    24,
    "Print sheets",
    "Codes on labels, table tents and posters, as one PDF.",
    {"sheet_id": PathParameter("The sheet's id.", 7)},
)

bp = Blueprint("sheets_api", __name__, url_prefix="/api/v1/workspaces/<slug>/sheets")
shared_limit(bp)

_FIELDS: Any = {
    name: (field.rebuild_annotation(), field) for name, field in SheetOptions.model_fields.items()
}


class _Base(Payload):
    model_config = {
        "strict": False,
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"code_ids": [42], "label": "L7160", "copies": 2}]},
    }


NewSheet: Any = create_model(
    "NewSheet",
    __base__=_Base,
    code_ids=(list[Id], Field(min_length=1, max_length=1_000, examples=[[42]])),
    **_FIELDS,
)


class SheetResponse(ResponseModel):
    model_config = {
        "frozen": True,
        "json_schema_extra": {
            "examples": [
                {
                    "id": 7,
                    "state": "done",
                    "problem": "",
                    "pages": 2,
                    "codes": 40,
                    "pdf_url": "https://pitchbar.example/api/v1/workspaces/demo/sheets/7/pdf",
                    "created_at": "2026-05-01T08:00:00+00:00",
                    "ended_at": "2026-05-01T08:00:04+00:00",
                }
            ]
        },
    }

    id: int
    state: str = Field(description="`waiting`, `done` or `failed`.")
    problem: str = Field(description="Why it failed, or which codes are too small on it.")
    pages: int
    codes: int
    pdf_url: str | None = Field(description="The file, once it is done; asks for the token too.")
    created_at: Timestamp
    ended_at: Timestamp | None


class SheetList(ResponseModel):
    data: list[SheetResponse]
    next_cursor: str | None = Field(examples=[None])


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=SheetList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> SheetList:
    """List print sheets

    Newest first. They are kept for a week.
    """
    sheets = select(PrintSheet).where(PrintSheet.workspace_id == workspace.id)
    if before := query.start(read_id):
        sheets = sheets.where(PrintSheet.id < before)
    newest = sheets.order_by(PrintSheet.id.desc()).limit(query.per_page + 1)
    found = list(db.session.scalars(newest))
    page = found[: query.per_page]
    more = encode_cursor(page[-1].id) if len(found) > len(page) else None
    return SheetList(data=[_answer(workspace, one) for one in page], next_cursor=more)


@bp.post("")
@requires_token("read-write")
@endpoint(TOPIC, body=NewSheet, response=SheetResponse, status=202, errors=(413, 415, 422))
def create(workspace: Workspace, payload: Any) -> SheetResponse:
    """Make a print sheet

    A job makes it; ask again until `state` is `done`.
    """
    require_right_of_creator("edit_codes")
    values = payload.model_dump(exclude={"code_ids"})
    options = read_options(values)
    by = current_actor()
    return _answer(
        workspace, begin_sheet(workspace, by, options=options, code_ids=payload.code_ids)
    )


@bp.get("/<int:sheet_id>")
@requires_token("read")
@endpoint(TOPIC, response=SheetResponse)
def show(workspace: Workspace, sheet_id: int) -> SheetResponse:
    """Get a print sheet"""
    return _answer(workspace, get_sheet(workspace, sheet_id))


@bp.get("/<int:sheet_id>/pdf")
@requires_token("read")
@endpoint(TOPIC, media_types=("application/pdf",))
def pdf(workspace: Workspace, sheet_id: int) -> Response:
    """Get the PDF of a print sheet"""
    sheet = get_sheet(workspace, sheet_id)
    require_file(sheet)
    return Response(b"".join(files().read(sheet.key)), mimetype="application/pdf")


@bp.delete("/<int:sheet_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, sheet_id: int) -> None:
    """Delete a print sheet"""
    require_right_of_creator("edit_codes")
    delete_sheet(get_sheet(workspace, sheet_id), current_actor())


def _answer(workspace: Workspace, sheet: PrintSheet) -> SheetResponse:
    address = url_for("sheets_api.pdf", slug=workspace.slug, sheet_id=sheet.id)
    ended: datetime | None = sheet.ended_at
    return SheetResponse(
        id=sheet.id,
        state=sheet.state,
        problem=sheet.problem,
        pages=sheet.pages,
        codes=len(sheet.code_ids),
        pdf_url=current_settings().app_url + address if sheet.state == DONE else None,
        created_at=sheet.created_at,
        ended_at=ended,
    )
