from typing import Any

from flask import Flask

from pitchbar.agents.models import Agent
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.curation.factories import make_curated, make_gap
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    agent = db.session.query(Agent).filter_by(workspace_id=people.workspace.id).first()
    agent = agent or make_agent(people.workspace)
    return {"curated_id": make_curated(agent).id, "gap_id": make_gap(agent).id}
