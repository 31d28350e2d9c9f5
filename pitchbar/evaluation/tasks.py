from typing import Any

from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.evaluation.models import RECONFIGURED, RegressionQuestion, RegressionRun
from pitchbar.evaluation.runs import (
    ask_next,
    describe_setup,
    fail,
    list_runs,
    run_after,
    served_for_tests,
)
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue, enqueue, every, task
from pitchbar.settings import current_settings

# With a model each may take seconds: so many fit into the time of a job.
_AT_ONCE = 8


@task(queue=Queue.ANALYTICS, tries=4, waits=(30, 120, 600), timeout=300)
def run_regression(run_id: int) -> None:
    """Asks the next questions of a run, and calls for the ones behind them."""
    run = db.session.get(RegressionRun, run_id)
    if run is not None and not ask_next(run, _AT_ONCE):
        enqueue(run_regression, run_id)
        db.session.commit()


@run_regression.failed
def give_up(_error: AttemptError, run_id: int, **_rest: Any) -> None:
    fail(run_id)


@task(queue=Queue.DEFAULT, schedule=every.day_at("04:20"))
def run_where_setup_changed() -> None:
    """Another model, or another threshold, since the last run of an agent."""
    settings = current_settings()
    mine = select(RegressionQuestion.agent_id).distinct()
    for agent in db.session.scalars(select(Agent).where(Agent.id.in_(mine))).all():
        latest = next(iter(list_runs(agent.id, 0, 1)), None)
        setup = describe_setup(served_for_tests(agent), settings)
        if latest is not None and latest.setup != setup:
            run = run_after(agent, RECONFIGURED)
            if run is not None:
                enqueue(run_regression, run.id)
    db.session.commit()
