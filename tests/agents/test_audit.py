"""The audit of the index tells of each agent what it would miss."""

import pytest

from pitchbar.clients.vectors import Collection, Where
from pitchbar.retrieval.audit import audit
from pitchbar.retrieval.backends import open_store
from pitchbar.settings import current_settings
from tests.agents.factories import make_agent
from tests.retrieval.factories import Text, handbook, make_indexed
from tests.support.factories import People

pytestmark = pytest.mark.settings(embeddings_model="none")


def test_each_agent_has_the_drift_of_its_sources(people: People) -> None:
    whole = make_indexed(people.workspace.id, handbook())
    other = make_indexed(people.workspace.id, [Text("Other", "# Other\n\nSomething else.")])
    every = make_agent(people.workspace)
    one = make_agent(people.workspace, source_ids=(other.id,))
    elsewhere = make_agent(people.elsewhere)
    store = open_store(current_settings())
    points, _ = store.scroll(Collection().name, Where(), None, 10)
    lost = next(point for point in points if point.payload["source_id"] == whole.id)
    store.delete(Collection().name, Where(point_ids=(lost.id,)))
    found = {group.name: group for group in audit(store).agents}
    assert found[f"workspace {every.workspace_id}, agent {every.public_id}"].missing == 1
    assert found[f"workspace {one.workspace_id}, agent {one.public_id}"].missing == 0
    assert found[f"workspace {one.workspace_id}, agent {one.public_id}"].chunks == 1
    assert found[f"workspace {elsewhere.workspace_id}, agent {elsewhere.public_id}"].chunks == 0
