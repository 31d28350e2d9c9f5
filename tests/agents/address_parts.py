from typing import Any

from flask import Flask

from tests.agents.factories import make_agent
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {"agent_id": make_agent(people.workspace).id, "version": 1}
