"""The demo's test questions: what its documentation answers, and what it does not."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.evaluation.questions import add_question
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

_ANSWERED = (
    "How many scans can one worker store in a second?",
    "What happens to scans while the database is down?",
    "How long are scans kept?",
)
_REFUSED = ("Who painted the ceiling of the town hall?",)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    """They are asked by themselves once the documentation is read."""
    agent = db.session.scalars(select(Agent).where(Agent.workspace_id == workspace.id)).first()
    if agent is None:
        return
    settings = current_settings()
    for text in _ANSWERED:
        add_question(agent, SYSTEM, settings, text=text)
    for text in _REFUSED:
        add_question(agent, SYSTEM, settings, text=text, must_refuse=True)
