from typing import Any

from flask import Blueprint, Response

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.errors import PreconditionFailed
from pitchbar.api.paging import read_id
from pitchbar.api.responses import check_precondition, has_precondition
from pitchbar.codes.errors import AddressStays
from pitchbar.codes.filtering import CodeFilter
from pitchbar.codes.life_payloads import LifeChanges
from pitchbar.codes.models import ACTIVE, Code
from pitchbar.codes.payloads import (
    CodeChanges,
    CodeList,
    CodeResponse,
    CodesQuery,
    NewCode,
    QrQuery,
    code_responses,
)
from pitchbar.codes.picture_response import qr_response
from pitchbar.codes.queries import get_code, list_codes_before
from pitchbar.codes.services import (
    archive_code,
    create_code,
    delete_code,
    lock_code,
    move_code,
    restore_code,
    update_code,
)
from pitchbar.core.pagination import encode_cursor
from pitchbar.core.utm import Utm
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import require_right_of_creator, requires_token, shared_limit

TOPIC = Topic(
    20,
    "Codes",
    "Dynamic QR codes: the printed symbol stays, where it leads can change.",
    {
        "code_id": PathParameter("The code's id.", 42),
        "format": PathParameter("The kind of image.", "svg"),
    },
)

_LIFE = set(LifeChanges.model_fields)

bp = Blueprint("codes_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=CodesQuery, response=CodeList, errors=(422,))
def index(workspace: Workspace, query: CodesQuery) -> CodeList:
    """List codes

    Newest first, archived ones included unless `status` says otherwise.
    """
    codes = list_codes_before(
        workspace,
        before_id=query.start(read_id),
        count=query.per_page + 1,
        which=CodeFilter(query.q, query.status, campaign=query.campaign, label_name=query.label),
    )
    page = codes[: query.per_page]
    more = encode_cursor(page[-1].id) if len(codes) > len(page) else None
    return CodeList(data=code_responses(page, workspace, current_settings()), next_cursor=more)


@bp.post("")
@requires_token("read-write")
@endpoint(TOPIC, body=NewCode, response=CodeResponse, status=201, errors=(402, 409, 413, 415, 422))
def create(workspace: Workspace, payload: NewCode) -> CodeResponse:
    """Create a code"""
    status = payload.status or ACTIVE
    fields = _fields(payload)
    code = create_code(workspace, current_actor(), current_settings(), status=status, **fields)
    return _answer(code, workspace)


@bp.get("/<int:code_id>")
@requires_token("read")
@endpoint(TOPIC, response=CodeResponse)
def show(workspace: Workspace, code_id: int) -> CodeResponse:
    """Get a code"""
    return _answer(get_code(workspace, code_id), workspace)


@bp.patch("/<int:code_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=CodeChanges, response=CodeResponse, errors=(402, 412, 413, 415, 422))
def change(workspace: Workspace, code_id: int, payload: CodeChanges) -> CodeResponse:
    """Change, archive or restore a code

    Scans follow within two seconds. Printed symbols stay valid, also of a code that is moved to
    another domain.
    """
    code = _get_locked_code(workspace, code_id)
    _move(code, payload)
    if fields := _fields(payload):
        update_code(code, current_actor(), current_settings(), **fields)
    if payload.status not in (None, code.status):
        (archive_code if payload.status == "archived" else restore_code)(code, current_actor())
    return _answer(code, workspace)


@bp.delete("/<int:code_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204, errors=(412,))
def delete(workspace: Workspace, code_id: int) -> None:
    """Delete a code

    For good: printed symbols stop leading anywhere, and the short code is never given out again.
    Only an owner may delete, so the token must have been made by somebody who is an owner today,
    or on the command line.
    """
    require_right_of_creator("delete_codes")
    code = _get_locked_code(workspace, code_id)
    # People type the name to be sure; a program names the code by its address.
    delete_code(code, current_actor(), confirmation=code.name)


@bp.get("/<int:code_id>/qr.<any(svg, png, pdf, eps):format>")
@requires_token("read")
@endpoint(
    TOPIC,
    query=QrQuery,
    errors=(409, 422),
    media_types=("image/svg+xml", "image/png", "application/pdf", "application/postscript"),
)
def qr(workspace: Workspace, code_id: int, format: str, query: QrQuery) -> Response:
    """Get the QR image

    As it is designed, with its quiet zone; PDF and EPS in CMYK. The answer's `ETag` changes with
    the picture. 409 for a design that does not scan, unless somebody decided to use it.
    """
    code = get_code(workspace, code_id)
    return qr_response(code, format, is_saved=query.download, is_printed=True)


def _answer(code: Code, workspace: Workspace) -> CodeResponse:
    return code_responses([code], workspace, current_settings())[0]


def _move(code: Code, payload: CodeChanges) -> None:
    """To the given domain. A short code alone may only be the one it has: that is printed."""
    if payload.domain is not None:
        short_code = payload.short_code or ""
        move_code(code, current_actor(), domain=payload.domain, short_code=short_code)
    elif payload.short_code and payload.short_code.lower() != code.present_short_code:
        raise AddressStays


def _get_locked_code(workspace: Workspace, code_id: int) -> Code:
    """The code in the state that `If-Match` names, and nobody changes it meanwhile."""
    code = get_code(workspace, code_id)
    check_precondition(_answer(code, workspace))
    if has_precondition() and not lock_code(code):
        raise PreconditionFailed
    return code


def _fields(payload: CodeChanges) -> dict[str, Any]:
    """The given fields as the services name them; a given `utm` replaces all values."""
    fields = payload.model_dump(exclude_none=True, exclude={"utm", "status", *_LIFE})
    if not isinstance(payload, NewCode):
        fields = {name: fields[name] for name in fields.keys() - {"domain", "short_code"}}
    fields |= payload.given_life()
    if payload.utm is not None:
        fields |= Utm(**payload.utm.model_dump()).columns()
    return fields
