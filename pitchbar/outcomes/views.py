from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from pitchbar.codes.queries import get_code
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import render
from pitchbar.outcomes.dry_run import run_dry
from pitchbar.rules.choices import DEVICES
from pitchbar.rules.edited import read_edited
from pitchbar.rules.forms import drawing_limit, take_long_lists
from pitchbar.rules.phrases import capital
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("dry_runs", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/rules/dry-run")
bp.url_value_preprocessor(take_long_lists)


@bp.app_template_filter("local_time")
def local_time(at: datetime, time_zone: str) -> str:
    """ "26 Nov, 14:32"."""
    return at.astimezone(ZoneInfo(time_zone)).strftime("%-d %b, %H:%M")


@bp.app_template_filter("device_word")
def device_word(kind: str | None) -> str:
    """ "Phone", "Game console"; empty where it is unknown."""
    return capital(DEVICES[kind][1].partition(" ")[2]) if kind in DEVICES else ""


@bp.post("")
@requires("view")
@drawing_limit
@form_on("rules.index")
def create(workspace: Workspace, code_id: int) -> Response:
    """The edited list, as its form sends it, over the last scans; nothing is kept."""
    code = get_code(workspace, code_id)
    run = run_dry(workspace, code, current_settings(), read_edited(request.form).as_json())
    return render("outcomes/dry_run.html", "outcomes/_dry_run.html", code=code, run=run)
