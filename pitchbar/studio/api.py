import base64

from flask import Blueprint, request

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.codes.addresses import address_of
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.settings import current_settings
from pitchbar.studio.designs import design_of, set_design
from pitchbar.studio.errors import InvalidDesign
from pitchbar.studio.logo_views import read_upload, take_uploads
from pitchbar.studio.logos import delete_image, get_image, list_images, store_image
from pitchbar.studio.painting import draw_design
from pitchbar.studio.payloads import (
    CheckResponse,
    DesignBody,
    DesignResponse,
    ImageBody,
    ImageList,
    ImageResponse,
    check_response,
    design_response,
    image_response,
    read_design,
)
from pitchbar.studio.printing import check_code, override
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import require_right_of_creator, requires_token, shared_limit

TOPIC = Topic(
    23,
    "Designs",
    "How codes look: colours, shapes, logos and frames, and whether that scans.",
    {
        "code_id": PathParameter("The code's id.", 42),
        "image_id": PathParameter("The image's id.", "5f0c7e9a"),
        "template_id": PathParameter("The template's id.", 3),
    },
)
_RIGHT = "edit_codes"

bp = Blueprint("studio_api", __name__, url_prefix="/api/v1/workspaces/<slug>")
bp.url_value_preprocessor(take_uploads)
shared_limit(bp)


@bp.get("/codes/<int:code_id>/design")
@requires_token("read")
@endpoint(TOPIC, response=DesignResponse, errors=(503,))
def show(workspace: Workspace, code_id: int) -> DesignResponse:
    """Get the design of a code

    With what the check of it found.
    """
    return _answer(get_code(workspace, code_id))


@bp.put("/codes/<int:code_id>/design")
@requires_token("read-write")
@endpoint(TOPIC, body=DesignBody, response=DesignResponse, errors=(413, 415, 422, 503))
def put(workspace: Workspace, code_id: int, payload: object) -> DesignResponse:
    """Set the design of a code

    The whole of it: what is left out is as on a plain symbol. Printed codes go on to scan.
    """
    require_right_of_creator(_RIGHT)
    code = get_code(workspace, code_id)
    set_design(code, read_design(payload), current_actor())
    return _answer(code)


@bp.post("/codes/<int:code_id>/design/override")
@requires_token("read-write")
@endpoint(TOPIC, response=CheckResponse, errors=(409, 422, 503))
def let_pass(workspace: Workspace, code_id: int) -> CheckResponse:
    """Let a design pass that does not scan

    For this very picture: another design is checked again. Noted in the audit log.
    """
    require_right_of_creator(_RIGHT)
    return check_response(override(get_code(workspace, code_id), current_actor()))


@bp.get("/design-images")
@requires_token("read")
@endpoint(TOPIC, response=ImageList)
def images(workspace: Workspace) -> ImageList:
    """List logos"""
    return ImageList(data=[image_response(image) for image in list_images(workspace)])


@bp.post("/design-images")
@requires_token("read-write")
@endpoint(
    TOPIC, body=ImageBody, response=ImageResponse, status=201, errors=(409, 413, 415, 422, 503)
)
def upload(workspace: Workspace, payload: ImageBody) -> ImageResponse:
    """Upload a logo

    PNG, JPEG or SVG of 1 MiB at most, as the file `file` of a form or as base64 in JSON. It is
    drawn anew; of an SVG, scripts and what leads elsewhere are taken out.
    """
    require_right_of_creator(_RIGHT)
    name, data = read_upload(request.files.get("file"))
    if not name and payload.data:
        name, data = payload.name or "logo", _decode(payload.data)
    if not name:
        raise InvalidDesign("file", "Send a picture as the file `file` of a form, or as `data`.")
    return image_response(store_image(workspace, current_actor(), current_settings(), data, name))


@bp.delete("/design-images/<image_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204, errors=(409,))
def remove(workspace: Workspace, image_id: str) -> None:
    """Delete a logo"""
    require_right_of_creator(_RIGHT)
    delete_image(get_image(workspace, image_id), current_actor(), current_settings())


def _decode(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise InvalidDesign("data", "This is not base64.") from None


def _answer(code: Code) -> DesignResponse:
    design = design_of(code)
    drawing = draw_design(code.workspace_id, address_of(code, current_settings()), design)
    return design_response(design, drawing.error_correction, check_code(code))
