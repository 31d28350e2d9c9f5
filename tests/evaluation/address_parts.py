from typing import Any

from flask import Flask

from pitchbar.agents.models import Agent
from pitchbar.evaluation.models import RegressionRun
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.evaluation.factories import make_question, make_run
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    agent = db.session.query(Agent).filter_by(workspace_id=people.workspace.id).first()
    agent = agent or make_agent(people.workspace)
    question = make_question(agent)
    run = db.session.query(RegressionRun).filter_by(agent_id=agent.id).first()
    return {"question_id": question.id, "run_number": (run or make_run(agent)).number}
