from typing import Any

from tests.agents.factories import make_agent
from tests.evaluation.factories import make_question
from tests.support.changes import Change
from tests.support.factories import People


def _agent(people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id}


def _question(people: People) -> dict[str, Any]:
    agent = make_agent(people.workspace)
    return {"agent_id": agent.id, "question_id": make_question(agent).id}


_AGENT = "/w/<slug>/agents/<int:agent_id>"

CHANGES = {
    f"POST {_AGENT}/playground": Change(
        {"question": "When are you open?"}, parts=_agent, unaudited="asks, and changes nothing"
    ),
    f"POST {_AGENT}/tests/questions": Change({"text": "When are you open?"}, parts=_agent),
    f"POST {_AGENT}/tests/questions/<int:question_id>/deletion": Change(parts=_question),
    f"POST {_AGENT}/tests/runs": Change(parts=_question),
}
