"""`/ops/reconciliation`: whether all that was accepted is stored, hour by hour."""

from flask import Blueprint, Response, flash, request
from flask import url_for as link

from pitchbar.analytics.reconciliation.queries import list_hours
from pitchbar.analytics.reconciliation.tasks import reconcile_hours
from pitchbar.core.htmx import go_to, render
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import enqueue_scheduled
from pitchbar.operations.access import operator_actor, operators_only
from pitchbar.scans.set_apart import SET_APART_LABELS

bp = Blueprint("reconciliation", __name__, url_prefix="/ops/reconciliation")


@bp.get("")
@operators_only
def index() -> Response:
    return render(
        "operations/reconciliation.html",
        "operations/_hours.html",
        page=list_hours(request.args.get("page", 1, type=int)),
        labels=SET_APART_LABELS,
    )


@bp.post("/rounds")
@operators_only
def look_now() -> Response:
    enqueue_scheduled(reconcile_hours, on=db.session())
    record_event("reconciliation.asked", Subject("reconciliation", 0, ""), by=operator_actor())
    db.session.commit()
    flash("The hours are being looked at. Load the page again in a moment.", "success")
    return go_to(link("reconciliation.index"))
