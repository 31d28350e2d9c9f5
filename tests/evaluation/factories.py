"""Test questions and runs, for tests."""

from typing import Any

from pitchbar.agents.models import Agent
from pitchbar.evaluation.models import ASKED, RegressionQuestion, RegressionResult, RegressionRun
from pitchbar.evaluation.questions import add_question
from pitchbar.evaluation.runs import finish, start_run
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings


def make_question(
    agent: Agent, text: str = "When are you open?", **more: Any
) -> RegressionQuestion:
    one = add_question(agent, SYSTEM, current_settings(), text=text, **more)
    db.session.commit()
    return one


def make_run(agent: Agent) -> RegressionRun:
    """Begun; its job is not called."""
    run = start_run(agent, ASKED, current_settings())
    db.session.commit()
    return run


def make_finished(agent: Agent, right: int, wrong: int) -> RegressionRun:
    """Over, with so many questions that were answered rightly ("Right 0", …) and wrongly."""
    texts = [f"Right {n}" for n in range(right)] + [f"Wrong {n}" for n in range(wrong)]
    run_of = [make_question(agent, text) for text in texts]
    run = make_run(agent)
    for one in run_of:
        is_right = one.text.startswith("Right")
        db.session.add(
            RegressionResult(
                run_id=run.id,
                question_id=one.id,
                workspace_id=agent.workspace_id,
                is_passed=is_right,
                is_answered=is_right,
                mode="extractive",
                score=0.7,
                answer="So it is.",
                elapsed_ms=40,
            )
        )
    finish(run.id)
    return run
