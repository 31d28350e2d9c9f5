"""The settings of a workspace say all that is wrong at once."""

from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


def test_missing_name_and_taken_address_are_said_together(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.owner)
    typed = {"name": "", "slug": people.elsewhere.slug, "time_zone": "UTC"}
    page = client.submit(f"/w/{people.workspace.slug}/settings", typed)
    assert page.status_code == 422
    assert "Give the workspace a name." in page.text
    assert "is taken by another workspace" in page.text


def test_own_address_is_free_to_keep(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    typed = {"name": "Still here", "slug": people.workspace.slug, "time_zone": "UTC"}
    url = f"/w/{people.workspace.slug}/settings"
    assert client.submit(url, typed).status_code == 303
