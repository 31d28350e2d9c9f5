"""The picture beside the form, drawn anew while somebody types; nothing is stored."""

from flask import Blueprint, Response, make_response, render_template
from flask_login import current_user

from pitchbar.codes.addresses import plain_prefix
from pitchbar.codes.forms import CodeForm, NewCodeForm
from pitchbar.codes.models import Code
from pitchbar.codes.offered_destinations import list_offered
from pitchbar.codes.previews import Preview, preview_code
from pitchbar.codes.queries import get_code
from pitchbar.codes.settings import CodeSettings
from pitchbar.extensions import limiter, request_address
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("code_previews", __name__, url_prefix="/w/<slug>/codes")

# Whoever types asks at most four times a second.
_limit = limiter.shared_limit(
    lambda: current_settings()[CodeSettings].ratelimit_code_preview,
    scope="code-preview",
    key_func=lambda: f"code-preview:{current_user.get_id() or request_address()}",
)


@bp.app_template_global("short_link_prefix")
def short_link_prefix() -> str:
    """What stands before every short code, as it is read aloud."""
    return plain_prefix(current_settings())


def preview_of(workspace: Workspace, form: CodeForm, code: Code | None) -> Preview:
    return preview_code(workspace, current_settings(), form.data, code)


@bp.post("/preview")
@requires("edit_codes")
@_limit
def create(workspace: Workspace) -> Response:
    form = NewCodeForm()
    form.offer(list_offered(workspace))
    return _render(preview_of(workspace, form, None))


@bp.post("/<int:code_id>/preview")
@requires("edit_codes")
@_limit
def update(workspace: Workspace, code_id: int) -> Response:
    form = CodeForm()
    form.offer(list_offered(workspace))
    return _render(preview_of(workspace, form, get_code(workspace, code_id)))


def _render(preview: Preview) -> Response:
    return make_response(render_template("codes/_preview.html", preview=preview))
