"""A look at the destinations of a code now, and what was found, while one waits for it."""

from flask import Blueprint, Response, flash, make_response, request, url_for

from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.core.htmx import go_to, wants_fragment
from pitchbar.extensions import db, limiter
from pitchbar.link_health.code_panels import render_health
from pitchbar.link_health.services import ask_again
from pitchbar.link_health.settings import LinkHealthSettings
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("link_health", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/link-health")


def _workspace_key() -> str:
    return f"link-check:{(request.view_args or {}).get('slug', '')}"


limit_checks = limiter.shared_limit(
    lambda: current_settings()[LinkHealthSettings].ratelimit_link_check,
    scope="link-check",
    key_func=_workspace_key,
)


@bp.get("")
@requires("view")
def panel(workspace: Workspace, code_id: int) -> Response:
    """The panel alone, for a page that waits for it."""
    code = get_code(workspace, code_id)
    if not wants_fragment():
        return _to(workspace, code)
    return make_response(render_health(workspace, code))


@bp.post("/checks")
@requires("edit_codes")
@limit_checks
def check(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    ask_again(code)
    db.session.commit()
    flash("We are looking now. What we find stands below within seconds.", "success")
    return _to(workspace, code)


def _to(workspace: Workspace, code: Code) -> Response:
    page = url_for("codes.show", slug=workspace.slug, code_id=code.id)
    return go_to(f"{page}#link-health")
