import pytest

from tests.agents.factories import make_agent
from tests.hosted.factories import Page
from tests.retrieval.factories import handbook, make_indexed
from tests.support.browsing import FormClient
from tests.support.factories import People


@pytest.fixture
def page(client: FormClient, people: People) -> Page:
    """Of an agent that knows the handbook, open."""
    make_indexed(people.workspace.id, handbook())
    agent = make_agent(
        people.workspace,
        name="Nora",
        greeting="Ask me about the shop.",
        starters=("When does money come back?",),
        allowed_origins=(),
    )
    return Page(client, agent).open()
