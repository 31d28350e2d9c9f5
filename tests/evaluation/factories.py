"""Test questions and runs, for tests."""

from typing import Any

from pitchbar.agents.models import Agent
from pitchbar.evaluation.models import ASKED, RegressionQuestion, RegressionRun
from pitchbar.evaluation.questions import add_question
from pitchbar.evaluation.runs import start_run
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
