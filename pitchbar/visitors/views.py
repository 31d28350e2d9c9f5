"""The timeline of a conversation or a lead by itself, and what codes and campaigns started."""

from flask import Blueprint, Response, make_response, request

from pitchbar.core.database import MAX_ID
from pitchbar.core.htmx import render, wants_fragment
from pitchbar.errors import NotFound
from pitchbar.leads.queries import get_lead
from pitchbar.visitors.figures import MOST_ROWS, SPANS, list_campaigns, list_codes
from pitchbar.visitors.links import conversation_url
from pitchbar.visitors.showing import (
    find_conversation,
    timeline_of_conversation,
    timeline_of_lead,
)
from pitchbar.visitors.steps import Place, read_place
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("visitors", __name__, url_prefix="/w/<slug>/visitors")
bp.add_app_template_global(conversation_url, "conversation_url")

BY_CODE, BY_CAMPAIGN = "code", "campaign"


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    by = BY_CAMPAIGN if request.args.get("by") == BY_CAMPAIGN else BY_CODE
    days = request.args.get("days", 30, type=int)
    days = days if days in SPANS else 30
    rows = (list_campaigns if by == BY_CAMPAIGN else list_codes)(workspace, days)
    return render(
        "visitors/index.html", by=by, days=days, spans=SPANS, rows=rows, most_rows=MOST_ROWS
    )


@bp.get("/<int:talk_id>")
@requires("view")
def show(workspace: Workspace, talk_id: int) -> Response:
    """Of whoever had that conversation."""
    if talk_id > MAX_ID or find_conversation(workspace, talk_id) is None:
        raise NotFound
    steps = timeline_of_conversation(workspace, talk_id, _before())
    if wants_fragment():
        return _fragment(steps)
    return render("visitors/show.html", steps_html=steps)


@bp.get("/leads/<int:lead_id>")
@requires("view")
def of_lead(workspace: Workspace, lead_id: int) -> Response:
    """A page of a lead's timeline."""
    lead = get_lead(workspace, lead_id)
    steps = timeline_of_lead(workspace, lead, _before())
    if wants_fragment():
        return _fragment(steps)
    return render("visitors/show.html", steps_html=steps, lead=lead)


def _before() -> Place | None:
    return read_place(request.args.get("before", ""))


def _fragment(steps: str) -> Response:
    response = make_response(steps)
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response
