"""Questions that an agent did not answer."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.queries import get_agent
from pitchbar.agents.showing import frame
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.curation.gaps import get_gap, list_gaps, list_questions, set_state, titles_of
from pitchbar.curation.models import ANSWERED, DISMISSED, OPEN
from pitchbar.extensions import db
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("gaps", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/gaps")

_PER_PAGE, _SHOWN = 50, 100
_FURTHEST = 100
STATES = {OPEN: "Waiting", ANSWERED: "Answered", DISMISSED: "Not needed"}
REASONS = {
    "refused": "Found no answer",
    "unsure": "Was not sure",
    "disliked": "The visitor did not like the answer",
}


@bp.get("")
@requires("view")
def index(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    state = request.args.get("state", OPEN)
    state = state if state in STATES else OPEN
    page = min(max(request.args.get("page", 1, type=int), 1), _FURTHEST)
    found = list_gaps(agent.id, state, (page - 1) * _PER_PAGE, _PER_PAGE + 1)
    return render(
        "curation/gaps.html",
        rows=found[:_PER_PAGE],
        has_more=len(found) > _PER_PAGE and page < _FURTHEST,
        page=page,
        state=state,
        states=STATES,
        **frame(agent),
    )


@bp.get("/<int:gap_id>")
@requires("view")
def show(workspace: Workspace, agent_id: int, gap_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    gap = get_gap(agent.id, gap_id)
    return render(
        "curation/gap.html",
        gap=gap,
        title=titles_of([gap.id]).get(gap.id, "Nothing is left of this question"),
        questions=list_questions(gap, _SHOWN),
        reasons=REASONS,
        states=STATES,
        **frame(agent),
    )


@bp.post("/<int:gap_id>/dismissal")
@requires("edit_agents")
@form_on("gaps.show")
def dismiss(workspace: Workspace, agent_id: int, gap_id: int) -> Response:
    gap = get_gap(get_agent(workspace, agent_id).id, gap_id)
    set_state(gap, DISMISSED, current_actor())
    db.session.commit()
    flash("Put aside. If it is asked again, it is counted here and does not come back.", "success")
    return go_to(url_for("gaps.index", slug=workspace.slug, agent_id=agent_id))


@bp.post("/<int:gap_id>/reopening")
@requires("edit_agents")
@form_on("gaps.show")
def reopen(workspace: Workspace, agent_id: int, gap_id: int) -> Response:
    gap = get_gap(get_agent(workspace, agent_id).id, gap_id)
    set_state(gap, OPEN, current_actor())
    db.session.commit()
    flash("It waits for an answer again.", "success")
    return go_to(url_for("gaps.show", slug=workspace.slug, agent_id=agent_id, gap_id=gap_id))
