"""Whoever gives a lower role is told first what ends with it."""

import pytest
from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from pitchbar.workspaces.tokens.services import create_token
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.members import membership_of, role_of


def token_of(people: People, person: Person) -> ApiToken:
    by = Actor("person", person.id, person.name)
    made, _ = create_token(people.workspace, name="Till", scope="read", by=by)
    db.session.commit()
    return made


@pytest.fixture
def url(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    member = membership_of(people.admin, people.workspace)
    return f"/w/{people.workspace.slug}/members/{member.id}/role"


def test_page_asks_first_and_names_the_tokens(client: FormClient, people: People, url: str) -> None:
    token = token_of(people, people.admin)
    answer = client.submit(url, {"role": "editor"})
    assert (answer.status_code, answer.location) == (303, f"{url}?role=editor")
    assert role_of(people.admin, people.workspace) == "admin"
    page = client.get(answer.location).text
    assert "Make The admin an editor" in page
    assert "<strong>Till</strong>" in page
    assert token.revoked_at is None
    answer = client.submit(url, {"role": "editor", "confirmed": "yes"})
    assert answer.location == f"/w/{people.workspace.slug}/members"
    assert role_of(people.admin, people.workspace) == "editor"
    assert db.session.scalars(select(ApiToken)).one().revoked_at
    assert "no longer work" in client.get(answer.location).text


def test_open_invitations_are_named_too(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.admin)
    form = {"email": "new@pitchbar.example", "role": "editor"}
    client.submit(f"/w/{people.workspace.slug}/invitations", form)
    sign_in(client, people.owner)
    answer = client.submit(url, {"role": "member"})
    assert "Their open invitation is" in client.get(answer.location).text
    assert role_of(people.admin, people.workspace) == "admin"


def test_role_with_which_nothing_ends_is_given_at_once(
    client: FormClient, people: People, url: str
) -> None:
    assert client.submit(url, {"role": "editor"}).location.endswith("/members")
    assert role_of(people.admin, people.workspace) == "editor"


def test_higher_role_keeps_what_there_is(client: FormClient, people: People, url: str) -> None:
    token = token_of(people, people.admin)
    member = membership_of(people.editor, people.workspace)
    raised = f"/w/{people.workspace.slug}/members/{member.id}/role"
    assert client.submit(raised, {"role": "admin"}).location.endswith("/members")
    assert token.revoked_at is None


def test_question_without_a_role_leads_back(client: FormClient, people: People, url: str) -> None:
    for query in ("", "?role=", "?role=owner", "?role=admin", "?role=nonsense"):
        assert client.get(url + query).location == f"/w/{people.workspace.slug}/members"


def test_admin_does_not_reach_another_admin(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.admin)
    assert client.get(f"{url}?role=editor").status_code == 403
