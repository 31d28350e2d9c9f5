import pytest
from sqlalchemy import select

from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership, Workspace
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_person, make_workspace

GOOD = {"name": "Harbour Kitchen", "time_zone": "Pacific/Auckland"}


def test_owner_gets_a_workspace_with_a_slug_from_its_name(client: FormClient) -> None:
    person = make_person()
    sign_in(client, person)
    response = client.submit("/workspaces", GOOD)
    assert (response.status_code, response.location) == (303, "/w/harbour-kitchen/")
    workspace = db.session.scalars(select(Workspace)).one()
    assert (workspace.name, workspace.time_zone) == ("Harbour Kitchen", "Pacific/Auckland")
    membership = db.session.scalars(select(Membership)).one()
    assert (membership.person_id, membership.role) == (person.id, "owner")
    assert client.get("/w/harbour-kitchen/").status_code == 200


def test_form_works_as_htmx_sends_it(client: FormClient) -> None:
    sign_in(client, make_person())
    response = client.submit("/workspaces", GOOD, headers=FRAGMENT)
    assert response.headers["HX-Redirect"] == "/w/harbour-kitchen/"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Café Zürich!", "cafe-zurich"),
        ("  --  A  --  ", "a"),
        ("海の家", "workspace"),
        ("Ünder_score & Söhne", "under-score-sohne"),
        ("a" * 100, "a" * 40),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_slug_is_safe_in_an_address_whatever_the_name(
    client: FormClient, name: str, slug: str
) -> None:
    sign_in(client, make_person())
    response = client.submit("/workspaces", {**GOOD, "name": name})
    assert response.location == f"/w/{slug}/"
    assert client.get(response.location).status_code == 200


def test_taken_slug_gets_an_ending(client: FormClient, people: People) -> None:
    sign_in(client, people.outsider)
    location = client.submit("/workspaces", {**GOOD, "name": people.workspace.name}).location
    assert location is not None
    assert location.startswith(f"/w/{people.workspace.slug}-")
    assert client.get(location).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Give the workspace a name."),
        ("name", " \t ", "Give the workspace a name."),
        ("name", "a" * 5000, "Use at most 100 characters."),
        ("name", "Kitchen\x00", "This contains characters that cannot be stored."),
        ("time_zone", "Mars/Olympus", "Not a valid choice"),
        ("time_zone", "../../etc/passwd", "Not a valid choice"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(
    client: FormClient, field: str, value: str, sentence: str
) -> None:
    sign_in(client, make_person())
    response = client.submit("/workspaces", {**GOOD, field: value})
    assert response.status_code == 422
    assert sentence in response.text
    assert f'id="{field}-error"' in response.text
    assert db.session.scalars(select(Workspace)).all() == []


def test_only_own_workspaces_stand_in_the_switcher(client: FormClient, people: People) -> None:
    second = make_workspace(people.owner, name="Second place")
    sign_in(client, people.owner)
    page = client.get(f"/w/{second.slug}/").text
    assert f'href="/w/{second.slug}/"' in page
    assert f'href="/w/{people.workspace.slug}/"' in page
    assert people.elsewhere.slug not in page
    assert people.elsewhere.name not in page


def test_signed_out_is_asked_to_sign_in(client: FormClient) -> None:
    assert client.get("/workspaces/new").location == "/login?next=/workspaces/new"
    assert client.submit("/workspaces", GOOD).location == "/login"
    response = client.submit("/workspaces", GOOD, headers=FRAGMENT)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/login")
    assert db.session.scalars(select(Workspace)).all() == []
