"""Back to a destination that a code had before."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.errors import InvalidDestination
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code, list_earlier_destinations
from pitchbar.codes.services import lead_again
from pitchbar.core.htmx import go_to
from pitchbar.core.wording import plain_address
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint(
    "code_destinations", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/destinations"
)


@bp.app_template_filter("to_the_minute")
def to_the_minute(at: datetime) -> str:
    """12 May 2026, 14:03, in the workspace's zone."""
    return at.astimezone(ZoneInfo(g.workspace.time_zone)).strftime("%-d %B %Y, %H:%M")


@bp.app_template_filter("minute_with_zone")
def minute_with_zone(at: datetime) -> str:
    """12 May 2026, 14:03 CEST: the letters tell two hours of one name apart."""
    return at.astimezone(ZoneInfo(g.workspace.time_zone)).strftime("%-d %B %Y, %H:%M %Z")


@bp.post("/<int:destination_id>/restoration")
@requires("edit_codes")
def restore(workspace: Workspace, code_id: int, destination_id: int) -> Response:
    code = get_code(workspace, code_id)
    before = code.destination_url
    try:
        lead_again(code, current_actor(), current_settings(), destination_id)
    except InvalidDestination as error:
        db.session.rollback()
        flash(f"It cannot lead there any more. {error.message}", "error")
        return _to_code(workspace, code_id)
    db.session.commit()
    tell_destination(workspace, code, before, "It leads")
    return _to_code(workspace, code_id)


def tell_destination(workspace: Workspace, code: Code, before: str, so_far: str) -> None:
    """Says where scans lead from now on; whoever did not mean it leads them back at once."""
    text = f"{so_far} to {plain_address(code.destination_url)} within two seconds."
    if code.destination_url == before:
        flash(text, "success")
        return
    earlier = list_earlier_destinations(code, 1)[0]
    undo_url = url_for(
        "code_destinations.restore",
        slug=workspace.slug,
        code_id=code.id,
        destination_id=earlier.id,
    )
    flash({"text": text, "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms


def _to_code(workspace: Workspace, code_id: int) -> Response:
    return go_to(url_for("codes.show", slug=workspace.slug, code_id=code_id))
