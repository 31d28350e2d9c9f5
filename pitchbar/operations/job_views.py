"""Jobs one by one and by search: look, retry, change, delete."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask import url_for as link
from wtforms import HiddenField, SelectField, TextAreaField

from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError, NotFound
from pitchbar.extensions import db
from pitchbar.forms import Form, SelectChoice, form_errors
from pitchbar.jobs import list_tasks, shown_arguments
from pitchbar.jobs.ledger.administration import BULK_MOST, may_change_arguments
from pitchbar.jobs.ledger.errors import UnusableArguments
from pitchbar.jobs.ledger.filters import JobFilter
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.ledger.queries import (
    count_jobs,
    get_job,
    list_attempts,
    list_error_classes,
    list_jobs,
    list_tags,
)
from pitchbar.operations.access import operator_actor, operators_only
from pitchbar.operations.job_actions import delete_job, delete_jobs, retry_job, retry_jobs
from pitchbar.operations.job_search import BadSearch, complete, parse_search

bp = Blueprint("jobs", __name__, url_prefix="/ops/queues/jobs")


class ArgumentsForm(Form):
    arguments = TextAreaField("Arguments, as JSON")


class BulkForm(Form):
    q = HiddenField()
    action = SelectField(choices=[SelectChoice("retry", "Retry"), SelectChoice("delete", "Delete")])


@bp.get("")
@operators_only
def index() -> Response:
    search = request.args.get("q", "").strip()
    try:
        wanted, problem = parse_search(search), ""
    except BadSearch as error:
        wanted, problem = JobFilter(), error.message
    before = request.args.get("before", type=int)
    page = None if problem else list_jobs(db.session(), wanted, before)
    return render(
        "operations/jobs.html",
        "operations/_jobs.html",
        http_status=422 if problem else 200,
        q=search,
        problem=problem,
        page=page,
        found=None if problem else count_jobs(db.session(), wanted, None if before else page),
        form=BulkForm(),
    )


@bp.get("/complete")
@operators_only
def completion() -> Response:
    """Options for the search box: what the last word could become."""
    names = [task.name for task in list_tasks()]
    choices = complete(request.args.get("q", "")[:500], names, list_error_classes(db.session()))
    return Response(render_template("operations/_completion.html", choices=choices))


@bp.get("/<int:job_id>")
@operators_only
def show(job_id: int) -> Response:
    job = _get(job_id)
    shown = shown_arguments(job.task, job.arguments)
    form = ArgumentsForm(arguments=json.dumps(shown, indent=2, ensure_ascii=False))
    return _show(job, form)


@bp.post("/<int:job_id>/retry")
@operators_only
def retry(job_id: int) -> Response:
    """Starts the job anew; with the field `arguments`, with those."""
    job, form = _get(job_id), ArgumentsForm()
    with form_errors(form):
        retry_job(job, operator_actor(), _read_arguments(form))
    if form.errors:
        return _show(_get(job_id), form, 422)
    db.session.commit()
    flash(f"Job {job_id} waits for its next start.", "success")
    return go_to(link("jobs.show", job_id=job_id))


@bp.post("/<int:job_id>/deletion")
@operators_only
def delete(job_id: int) -> Response:
    job = _get(job_id)
    try:
        delete_job(job, operator_actor())
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
        return go_to(link("jobs.show", job_id=job_id))
    db.session.commit()
    flash(f"Job {job_id} is deleted.", "success")
    return go_to(link("jobs.index"))


@bp.post("/bulk/preview")
@operators_only
def preview_bulk() -> Response:
    form = BulkForm()
    if not form.validate():
        raise NotFound
    wanted = parse_search(form.q.data or "")
    return render(
        "operations/bulk.html",
        form=form,
        found=count_jobs(db.session(), _filter_for(form, wanted)),
        most=BULK_MOST,
    )


@bp.post("/bulk")
@operators_only
def run_bulk() -> Response:
    form = BulkForm()
    if not form.validate():
        raise NotFound
    search = form.q.data or ""
    act = retry_jobs if form.action.data == "retry" else delete_jobs
    count = act(parse_search(search), search, operator_actor())
    db.session.commit()
    done = "wait for their next start" if form.action.data == "retry" else "are deleted"
    flash(f"{count:,} jobs {done}.", "success")
    return go_to(link("jobs.index", q=search))


def _filter_for(form: BulkForm, wanted: JobFilter) -> JobFilter:
    """A retry means the failed ones, whatever else the search finds."""
    return replace(wanted, state="failed") if form.action.data == "retry" else wanted


def _get(job_id: int) -> Job:
    return get_job(db.session(), job_id)


def _read_arguments(form: ArgumentsForm) -> dict[str, Any] | None:
    text = form.arguments.data
    if text is None:
        return None
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise UnusableArguments(f"This is not JSON: {error}.") from None
    if not isinstance(arguments, dict):
        raise UnusableArguments('Write an object, such as {"source_id": 42}.')
    return arguments


def _show(job: Job, form: ArgumentsForm, http_status: int = 200) -> Response:
    return render(
        "operations/job.html",
        http_status=http_status,
        job=job,
        attempts=list_attempts(db.session(), job.id),
        tags=list_tags(db.session(), job.id),
        form=form,
        may_change=may_change_arguments(job),
    )
