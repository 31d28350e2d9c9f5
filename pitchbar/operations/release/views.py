"""`/ops/release`: what the last walk through the release gate found, and a button for the next."""

from typing import Any

from flask import Blueprint, Response, current_app, flash
from flask import url_for as link

from pitchbar.core.htmx import go_to, render
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.operations.access import operator_actor, operators_only
from pitchbar.operations.release.process import start_check_process
from pitchbar.operations.release.recording import (
    CheckRunning,
    begin_run,
    find_last_run,
    list_last_runs,
)
from pitchbar.operations.release.running import list_checks
from pitchbar.operations.release.showing import show_run
from pitchbar.settings import current_settings

bp = Blueprint("release", __name__, url_prefix="/ops/release")

_LAST = 8


@bp.get("")
@operators_only
def index() -> Response:
    return render("operations/release.html", "operations/_release.html", **_load())


@bp.post("/runs")
@operators_only
def run_now() -> Response:
    by = operator_actor()
    try:
        run = begin_run(by.name, current_settings().app_url)
    except CheckRunning as error:
        flash(error.message, "error")
        return go_to(link("release.index"))
    record_event("release_check.started", Subject("release_check", run.id, ""), by=by)
    db.session.commit()
    start_check_process(current_app.extensions["root"], run.id)
    return go_to(link("release.index"))


def _load() -> dict[str, Any]:
    checks, last = list_checks(), find_last_run()
    shown = show_run(last, checks) if last is not None else None
    earlier = [one for one in list_last_runs(_LAST + 1) if last is None or one.id != last.id]
    return {"shown": shown, "checks": checks, "earlier": [show_run(one, ()) for one in earlier]}
