import pytest

from tests.agents.factories import make_agent
from tests.chat.widget import Widget
from tests.support.browsing import FormClient
from tests.support.factories import People


@pytest.fixture
def widget(client: FormClient, people: People) -> Widget:
    """Of an agent without sources, begun."""
    made = Widget(client, make_agent(people.workspace))
    assert made.init().status_code == 200
    return made
