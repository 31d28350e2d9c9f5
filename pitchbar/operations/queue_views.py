"""`/ops/queues`: how the queues do, their workers, failures and schedule."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask import url_for as link

from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.jobs import QUEUES
from pitchbar.jobs.ledger.queries import group_failures, is_alive, list_workers
from pitchbar.jobs.settings import JobSettings
from pitchbar.live import LivePanel, LiveView, add_live_panel
from pitchbar.operations.access import is_operator, operator_actor, operators_only
from pitchbar.operations.job_actions import pause_queue, resume_queue
from pitchbar.operations.queue_figures import load_history, load_queue, load_queues
from pitchbar.settings import current_settings

bp = Blueprint("queues", __name__, url_prefix="/ops/queues")

_ANY_QUEUE = f"<any({', '.join(QUEUES)}):queue>"
_REFRESH_SECONDS = 1.0
_MOST_SOCKETS = 10
_SPANS = {"3h": 3, "24h": 24, "7d": 168}


@bp.get("")
@operators_only
def index() -> Response:
    return render("operations/queues.html", **_overview())


@bp.get("/fragments")
@operators_only
def fragments() -> Response:
    return make_response(_render_overview())


@bp.get(f"/{_ANY_QUEUE}")
@operators_only
def show(queue: str) -> Response:
    span = request.args.get("range", "24h")
    span = span if span in _SPANS else "24h"
    now, tasks = load_queue(queue)
    return render(
        "operations/queue.html",
        queue=now,
        tasks=tasks,
        history=load_history(queue, _SPANS[span]),
        span=span,
        spans=list(_SPANS),
    )


@bp.post(f"/{_ANY_QUEUE}/pause")
@operators_only
def pause(queue: str) -> Response:
    pause_queue(queue, operator_actor())
    db.session.commit()
    undo_url = link("queues.resume", queue=queue)
    flash({"text": f"The queue {queue} is paused.", "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms
    return go_to(link("queues.show", queue=queue))


@bp.post(f"/{_ANY_QUEUE}/resume")
@operators_only
def resume(queue: str) -> Response:
    resume_queue(queue, operator_actor())
    db.session.commit()
    flash(f"The queue {queue} runs again.", "success")
    return go_to(link("queues.show", queue=queue))


@bp.get("/workers")
@operators_only
def workers() -> Response:
    rows = [(worker, is_alive(worker)) for worker in list_workers(db.session())]
    return render("operations/workers.html", workers=rows)


@bp.get("/failures")
@operators_only
def failures() -> Response:
    keep = current_settings()[JobSettings]
    return render("operations/failures.html", groups=group_failures(db.session()), keep=keep)


def _overview() -> dict[str, Any]:
    queues = load_queues()
    alive = [worker for worker in list_workers(db.session()) if is_alive(worker)]
    totals = {
        "waiting": sum(queue.figures.depth for queue in queues),
        "running": sum(queue.figures.running for queue in queues),
        "per_minute": sum(queue.per_minute for queue in queues),
        "workers": len(alive),
    }
    return {"queues": queues, "totals": totals, "groups": group_failures(db.session())[:5]}


def _render_overview() -> str:
    context = _overview()
    parts = ("totals", "queue_table", "failure_table")
    return "".join(render_template(f"operations/_{part}.html", **context) for part in parts)


def _require_operator() -> None:
    if not is_operator():
        raise NotFound


add_live_panel(
    bp,
    LivePanel(
        access="operator",
        identify=_require_operator,
        enter=_require_operator,
        open=lambda: LiveView(_render_overview),
        pause_seconds=_REFRESH_SECONDS,
        limit=_MOST_SOCKETS,
    ),
)
