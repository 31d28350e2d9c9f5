import pytest

from tests.api.calling import Api, make_api
from tests.support.browsing import FormClient
from tests.support.factories import People


@pytest.fixture
def api(client: FormClient, people: People) -> Api:
    """A program with a read-write token of `people.workspace`."""
    return make_api(client, people.workspace)
