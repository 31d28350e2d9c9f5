"""The pages of sources, as people see them."""

from tests.sources.factories import make_source
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


def test_page(client: FormClient, people: People) -> None:
    source = make_source(people.workspace, "text", text="Opening hours: 9 to 5.")
    sign_in(client, people.owner)
    r = client.get(f"/w/{people.workspace.slug}/sources/{source.id}")
    assert r.status_code == 200, r.text[:3000]
