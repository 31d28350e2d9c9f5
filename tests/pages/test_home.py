from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person, make_workspace


def test_visitor_reads_what_this_is(client: FormClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert 'href="/login"' in response.text
    assert 'href="/signup"' in response.text


def test_person_without_a_workspace_is_led_to_make_one(client: FormClient) -> None:
    sign_in(client, make_person())
    assert client.get("/").location == "/workspaces/new"


def test_person_is_led_to_their_workspace(client: FormClient, people: People) -> None:
    sign_in(client, people.analyst)
    assert client.get("/").location == f"/w/{people.workspace.slug}/"


def test_first_by_name_opens_when_there_are_several(client: FormClient, people: People) -> None:
    first = make_workspace(people.owner, name="Aardvark")
    sign_in(client, people.owner)
    assert client.get("/").location == f"/w/{first.slug}/"
