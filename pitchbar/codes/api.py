from typing import Any, Literal

from flask import Blueprint, Response, current_app, jsonify, make_response, url_for
from pydantic import Field

from pitchbar.codes.addresses import short_url
from pitchbar.codes.models import UTM_NAMES, Code
from pitchbar.codes.queries import get_code, list_codes_before
from pitchbar.codes.services import archive_code, create_code, restore_code, update_code
from pitchbar.codes.views import qr_response
from pitchbar.core.pagination import encode_cursor
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.access import current_actor, requires_token
from pitchbar.workspaces.api import (
    Payload,
    bad_cursor,
    list_response,
    read_page_arguments,
    read_payload,
    shared_limit,
)
from pitchbar.workspaces.models import Workspace

bp = Blueprint("codes_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes")
shared_limit(bp)


class UtmPayload(Payload):
    source: str = Field("", max_length=255)
    medium: str = Field("", max_length=255)
    campaign: str = Field("", max_length=255)
    term: str = Field("", max_length=255)
    content: str = Field("", max_length=255)


class CodeChanges(Payload):
    """All optional: what is missing stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=200)
    destination_url: str | None = Field(None, min_length=1, max_length=2048)
    utm: UtmPayload | None = None
    forward_parameters: bool | None = None
    error_correction: Literal["L", "M", "Q", "H"] | None = None
    notes: str | None = Field(None, max_length=5000)
    status: Literal["active", "archived"] | None = None


class NewCode(CodeChanges):
    name: str = Field(min_length=1, max_length=200)
    destination_url: str = Field(min_length=1, max_length=2048)
    short_code: str | None = Field(None, max_length=64)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _fields(payload: CodeChanges) -> dict[str, Any]:
    """The given fields as the services name them; a given `utm` replaces all five values."""
    fields = payload.model_dump(exclude_none=True, exclude={"utm", "status"})
    if payload.utm is not None:
        fields |= {f"utm_{name}": value for name, value in payload.utm.model_dump().items()}
    return fields


def code_as_json(code: Code, workspace: Workspace) -> dict[str, Any]:
    return {
        "id": code.id,
        "name": code.name,
        "short_code": code.short_code,
        "short_url": short_url(code.short_code, _settings()),
        "qr_svg_url": _settings().app_url
        + url_for("codes_api.qr", slug=workspace.slug, code_id=code.id, format="svg"),
        "destination_url": code.destination_url,
        "utm": {name: getattr(code, f"utm_{name}") for name in UTM_NAMES},
        "forward_parameters": code.forward_parameters,
        "error_correction": code.error_correction,
        "notes": code.notes,
        "status": code.status,
        "created_at": code.created_at.isoformat(),
        "updated_at": code.updated_at.isoformat(),
    }


@bp.get("")
@requires_token("read")
def index(workspace: Workspace) -> Response:
    cursor, per_page = read_page_arguments()
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise bad_cursor()
    before_id = int(cursor) if cursor else None
    codes = list_codes_before(workspace, before_id=before_id, count=per_page + 1)
    more = encode_cursor(codes[per_page - 1].id) if len(codes) > per_page else None
    return list_response([code_as_json(code, workspace) for code in codes[:per_page]], more)


@bp.post("")
@requires_token("read-write")
def create(workspace: Workspace) -> Response:
    payload = read_payload(NewCode)
    code = create_code(workspace, current_actor(), _settings(), **_fields(payload))
    if payload.status == "archived":
        archive_code(code, current_actor())
    db.session.commit()
    return make_response(jsonify(code_as_json(code, workspace)), 201)


@bp.get("/<int:code_id>")
@requires_token("read")
def show(workspace: Workspace, code_id: int) -> Response:
    return jsonify(code_as_json(get_code(workspace, code_id), workspace))


@bp.patch("/<int:code_id>")
@requires_token("read-write")
def change(workspace: Workspace, code_id: int) -> Response:
    payload = read_payload(CodeChanges)
    code = get_code(workspace, code_id)
    update_code(code, current_actor(), _settings(), **_fields(payload))
    if payload.status is not None:
        (archive_code if payload.status == "archived" else restore_code)(code, current_actor())
    db.session.commit()
    return jsonify(code_as_json(code, workspace))


@bp.get("/<int:code_id>/qr.<any(svg, png):format>")
@requires_token("read")
def qr(workspace: Workspace, code_id: int, format: str) -> Response:
    return qr_response(get_code(workspace, code_id), format)
