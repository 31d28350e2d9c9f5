"""The regression set of an agent: its questions, its runs, and what changed between them."""

from flask import Blueprint, Response, flash, request, url_for
from wtforms import BooleanField, StringField, TextAreaField

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.models import Agent
from pitchbar.agents.queries import get_agent
from pitchbar.agents.showing import frame
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.pagination import page_of
from pitchbar.evaluation.models import (
    ASKED,
    BY_HAND,
    CORRECTED,
    DISLIKED,
    PUBLISHED,
    RECONFIGURED,
    REINDEXED,
)
from pitchbar.evaluation.questions import (
    add_question,
    count_questions,
    delete_question,
    get_question,
    list_questions,
)
from pitchbar.evaluation.runs import compare, get_run, list_runs, start_run
from pitchbar.evaluation.tasks import run_regression
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.forms import Form, form_errors, strip
from pitchbar.jobs import enqueue
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("regression", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/tests")

_PER_PAGE, _RUNS = 50, 10
REASONS = {
    ASKED: "Asked for",
    PUBLISHED: "After publishing",
    REINDEXED: "After a source was read",
    RECONFIGURED: "After a setting changed",
}
ORIGINS = {BY_HAND: "Added", DISLIKED: "Thumbs down", CORRECTED: "Answered by hand"}


class QuestionForm(Form):
    text = StringField("Question", filters=[strip], default="")
    expected = TextAreaField("What must be found", default="")
    must_refuse = BooleanField("It must say that it does not know")


@bp.get("")
@requires("view")
def index(workspace: Workspace, agent_id: int) -> Response:
    return _render_index(get_agent(workspace, agent_id), QuestionForm())


@bp.post("/questions")
@requires("edit_agents")
@form_on("regression.index")
def add(workspace: Workspace, agent_id: int) -> Response:
    agent, form, one = get_agent(workspace, agent_id), QuestionForm(), None
    if form.validate():
        with form_errors(form):
            one = add_question(
                agent,
                current_actor(),
                current_settings(),
                text=form.text.data or "",
                expected=form.expected.data or "",
                chunk_id=request.form.get("chunk_id", type=int),
                must_refuse=bool(form.must_refuse.data),
            )
    if one is None:
        return _render_index(get_agent(workspace, agent_id), form)
    db.session.commit()
    flash("It is a test question now.", "success")
    return _to_index(workspace, agent_id)


@bp.post("/questions/<int:question_id>/deletion")
@requires("edit_agents")
@form_on("regression.index")
def delete(workspace: Workspace, agent_id: int, question_id: int) -> Response:
    delete_question(get_question(get_agent(workspace, agent_id), question_id), current_actor())
    db.session.commit()
    flash("The question is deleted, with what came of it in runs.", "success")
    return _to_index(workspace, agent_id)


@bp.post("/runs")
@requires("edit_agents")
@form_on("regression.index")
def run(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    made = start_run(agent, ASKED, current_settings())
    enqueue(run_regression, made.id)
    record_event("test_run.started", made, by=current_actor(), after={"run": made.number})
    db.session.commit()
    return go_to(
        url_for("regression.show", slug=workspace.slug, agent_id=agent_id, run_number=made.number)
    )


@bp.get("/runs/<int:run_number>")
@requires("view")
def show(workspace: Workspace, agent_id: int, run_number: int) -> Response:
    agent = get_agent(workspace, agent_id)
    made = get_run(agent, run_number)
    earlier = next(
        (one for one in list_runs(agent.id, made.number, _RUNS) if one.state == "done"), None
    )
    return render(
        "evaluation/run.html",
        "evaluation/_run.html",
        run=made,
        earlier=earlier,
        page=page_of(compare(made, earlier), request.args.get("page", 1, type=int), _PER_PAGE),
        reasons=REASONS,
        **frame(agent),
    )


def _render_index(agent: Agent, form: QuestionForm) -> Response:
    before = min(max(request.args.get("before", 0, type=int), 0), MAX_ID)
    runs_before = min(max(request.args.get("runs_before", 0, type=int), 0), 2**31 - 1)
    found = list_questions(agent.id, before, _PER_PAGE + 1)
    runs = list_runs(agent.id, runs_before, _RUNS + 1)
    return render(
        "evaluation/tests.html",
        form=form,
        questions=found[:_PER_PAGE],
        next=found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        total=count_questions(agent.id),
        runs=runs[:_RUNS],
        older_runs=runs[_RUNS - 1].number if len(runs) > _RUNS else None,
        reasons=REASONS,
        origins=ORIGINS,
        http_status=form.http_status if form.errors else 200,
        **frame(agent),
    )


def _to_index(workspace: Workspace, agent_id: int) -> Response:
    return go_to(url_for("regression.index", slug=workspace.slug, agent_id=agent_id))
