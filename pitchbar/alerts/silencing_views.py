"""An alert is paused, snoozed, and heard again; and the bell."""

from collections.abc import Callable
from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from pitchbar.accounts.access import local_path
from pitchbar.accounts.actors import current_actor
from pitchbar.alerts.bell import TOPIC, load_bell, mark_seen
from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.queries import get_rule
from pitchbar.alerts.sentences import lasted
from pitchbar.alerts.services import pause_rule, resume_rule, snooze_rule, wake_rule
from pitchbar.core import clock
from pitchbar.core.htmx import go_to
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.live import LiveView
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("alert_silencing", __name__, url_prefix="/w/<slug>/alerts")

# Each bell is a person's own; what rings it is told.
_BELL_SECONDS = 120.0
SNOOZES = {"1": "an hour", "8": "8 hours", "24": "a day", "168": "a week"}


@bp.post("/<int:rule_id>/pause")
@requires("edit_alerts")
def pause(workspace: Workspace, rule_id: int) -> Response:
    return _change(workspace, rule_id, pause_rule, "Paused. It raises nothing until you resume it.")


@bp.post("/<int:rule_id>/resumption")
@requires("edit_alerts")
def resume(workspace: Workspace, rule_id: int) -> Response:
    return _change(workspace, rule_id, resume_rule, "It is on again.")


@bp.post("/<int:rule_id>/snooze")
@requires("edit_alerts")
def snooze(workspace: Workspace, rule_id: int) -> Response:
    hours = request.form.get("hours", "")
    hours = hours if hours in SNOOZES else "1"
    until = clock.now() + timedelta(hours=int(hours))

    def act(rule: AlertRule, by: Actor) -> None:
        snooze_rule(rule, by, until)

    return _change(workspace, rule_id, act, f"Quiet for {SNOOZES[hours]}.")


@bp.post("/<int:rule_id>/waking")
@requires("edit_alerts")
def wake(workspace: Workspace, rule_id: int) -> Response:
    return _change(workspace, rule_id, wake_rule, "It is heard again.")


@bp.get("/bell")
@requires("view")
def bell(workspace: Workspace) -> Response:
    return make_response(draw_bell(workspace))


@bp.post("/seen")
@requires("view")
def see(workspace: Workspace) -> Response:
    mark_seen(workspace.id, current_user.id)
    db.session.commit()
    back = local_path(request.form.get("back"))
    return go_to(back or url_for("alerts.index", slug=workspace.slug))


def draw_bell(workspace: Workspace) -> str:
    shown = load_bell(workspace.id, current_user.id)
    return render_template("alerts/_bell.html", bell=shown, workspace=workspace)


def configure(app: Flask) -> None:
    """Gives the frame of a workspace's pages its bell."""
    names = {"load_bell": load_bell, "snoozes": SNOOZES, "alert_lasted": lasted}
    app.context_processor(lambda: names)


def open_bell() -> LiveView:
    """Beside whatever else a page of the workspace shows live."""
    mine = g.workspace.id
    return LiveView(
        lambda: draw_bell(g.workspace),
        TOPIC,
        lambda message: bool(message.get("workspace_id") == mine),
        refresh_seconds=_BELL_SECONDS,
    )


def _change(
    workspace: Workspace, rule_id: int, act: Callable[[AlertRule, Actor], None], said: str
) -> Response:
    act(get_rule(workspace, rule_id), current_actor())
    db.session.commit()
    flash(said, "success")
    return go_to(url_for("alerts.show", slug=workspace.slug, rule_id=rule_id))
