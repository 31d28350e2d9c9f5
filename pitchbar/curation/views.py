"""The answers that people of the workspace wrote for an agent."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.models import Agent
from pitchbar.agents.queries import get_agent
from pitchbar.agents.showing import frame
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.curation.forms import CuratedForm
from pitchbar.curation.gaps import get_gap, list_questions, set_state
from pitchbar.curation.models import ANSWERED, OPEN, CuratedAnswer, Gap
from pitchbar.curation.services import (
    create_curated,
    delete_curated,
    get_curated,
    list_curated,
    prove,
    update_curated,
)
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("curated_answers", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/answers")

_PER_PAGE, _MOST_VARIANTS = 50, 10


@bp.get("")
@requires("view")
def index(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    before = min(max(request.args.get("before", 0, type=int), 0), MAX_ID)
    found = list_curated(agent, before, _PER_PAGE + 1)
    return render(
        "curation/answers.html",
        answers=found[:_PER_PAGE],
        next=found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        is_first=not before,
        **frame(agent),
    )


@bp.get("/new")
@requires("edit_agents")
def new(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), CuratedForm()
    gap = _gap_of(agent, request.args.get("gap", ""))
    if gap is not None:
        first, *others = [one.text for one in reversed(list_questions(gap, 50))] or [""]
        form.question.data = " ".join(first.split())[:300]
        form.variants.data = "\n".join(dict.fromkeys(" ".join(o.split())[:300] for o in others))
        form.variants.data = "\n".join(form.variants.data.splitlines()[:_MOST_VARIANTS])
    elif question := request.args.get("question", ""):
        form.question.data = " ".join(question.split())[:300]
    return _render_form(agent, form, None, gap)


@bp.post("")
@requires("edit_agents")
@form_on("curated_answers.new")
def create(workspace: Workspace, agent_id: int) -> Response:
    agent, form, one = get_agent(workspace, agent_id), CuratedForm(), None
    gap = _gap_of(agent, request.form.get("gap", ""))
    if form.validate():
        with form_errors(form):
            one = create_curated(agent, current_actor(), current_settings(), **form.values())
    if one is None:
        return _render_form(get_agent(workspace, agent_id), form, None, gap)
    asked = [question.text for question in list_questions(gap, 10)] if gap else []
    # An answer that does not hold is kept all the same; and asking lets go of what is not.
    db.session.commit()
    holds = one.is_active and prove(agent, one, asked)
    if gap is not None and gap.state != ANSWERED:
        set_state(gap, ANSWERED if holds else OPEN, current_actor(), one if holds else None)
    db.session.commit()
    return _told(agent, one, holds)


@bp.get("/<int:curated_id>/edit")
@requires("edit_agents")
def edit(workspace: Workspace, agent_id: int, curated_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    one, form = get_curated(agent, curated_id), CuratedForm()
    form.show(one)
    return _render_form(agent, form, one, None)


@bp.post("/<int:curated_id>")
@requires("edit_agents")
@form_on("curated_answers.edit")
def update(workspace: Workspace, agent_id: int, curated_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    one, form = get_curated(agent, curated_id), CuratedForm()
    if form.validate():
        with form_errors(form):
            update_curated(agent, one, current_actor(), **form.values())
    if form.errors or form.form_errors:
        agent = get_agent(workspace, agent_id)
        return _render_form(agent, form, get_curated(agent, curated_id), None)
    db.session.commit()
    holds = one.is_active and prove(agent, one)
    db.session.commit()
    return _told(agent, one, holds)


@bp.post("/<int:curated_id>/deletion")
@requires("edit_agents")
@form_on("curated_answers.edit")
def delete(workspace: Workspace, agent_id: int, curated_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    delete_curated(get_curated(agent, curated_id), current_actor())
    db.session.commit()
    flash("The answer is deleted. The agent answers from its sources again.", "success")
    return go_to(url_for("curated_answers.index", slug=workspace.slug, agent_id=agent_id))


def _told(agent: Agent, one: CuratedAnswer, holds: bool) -> Response:
    slug = request.view_args["slug"] if request.view_args else ""
    if holds or not one.is_active:
        came = "It was asked again, and this answer came." if holds else "It is off, and not given."
        flash(f"Saved. {came}", "success")
        return go_to(url_for("curated_answers.index", slug=slug, agent_id=agent.id))
    flash("Saved, but not every question gets this answer yet: see which.", "danger")
    return go_to(url_for("curated_answers.edit", slug=slug, agent_id=agent.id, curated_id=one.id))


def _gap_of(agent: Agent, typed: str) -> Gap | None:
    return get_gap(agent.id, int(typed)) if typed.isascii() and typed.isdigit() else None


def _render_form(
    agent: Agent, form: CuratedForm, one: CuratedAnswer | None, gap: Gap | None
) -> Response:
    return render(
        "curation/answer.html",
        form=form,
        one=one,
        gap=gap,
        http_status=form.http_status if form.errors else 200,
        **frame(agent),
    )
