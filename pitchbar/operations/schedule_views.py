"""`/ops/queues/schedule`: what runs by itself, when it last did, and a button to run it now."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash
from flask import url_for as link
from sqlalchemy import func, select

from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import Task, enqueue_scheduled, list_scheduled_tasks
from pitchbar.jobs.ledger.models import Job, ScheduleRun
from pitchbar.jobs.ticks import list_ticks
from pitchbar.operations.access import operator_actor, operators_only

bp = Blueprint("schedule", __name__, url_prefix="/ops/queues/schedule")


@dataclass(frozen=True)
class ScheduledTask:
    """`last` is the task's latest job, None before its first."""

    task: Task
    last_minute: datetime | None
    last: Job | None


@bp.get("")
@operators_only
def index() -> Response:
    return render(
        "operations/schedule.html", tasks=[_load(task) for task in list_scheduled_tasks()]
    )


@bp.get("/ticks")
@operators_only
def ticks() -> Response:
    return render("operations/ticks.html", ticks=list_ticks())


@bp.post("/<name>/run")
@operators_only
def run(name: str) -> Response:
    task = next((one for one in list_scheduled_tasks() if one.name == name), None)
    if task is None:
        raise NotFound("There is no periodic task of this name.")
    job_id = enqueue_scheduled(task, db.session())
    about, after = Subject("task", name, name), {"job_id": job_id}
    record_event("schedule.run", about, by=operator_actor(), after=after)
    db.session.commit()
    if job_id is None:
        flash(f"{name} waits or runs already.", "success")
        return go_to(link("jobs.index", q=f"task:{name}"))
    flash(f"{name} starts now.", "success")
    return go_to(link("jobs.show", job_id=job_id))


def _load(task: Task) -> ScheduledTask:
    last_minute = db.session.scalar(
        select(func.max(ScheduleRun.minute_at)).where(ScheduleRun.name == task.name)
    )
    latest = select(Job).where(Job.task == task.name).order_by(Job.id.desc()).limit(1)
    return ScheduledTask(task, last_minute, db.session.scalar(latest))
